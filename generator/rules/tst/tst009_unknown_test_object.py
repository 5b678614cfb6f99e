"""TST009 unknown-test-object: a test that builds on content which does not exist.

## What it does

Reports names in a test's `chain`, `lookups` and `macros` for which the pack has no detection, lookup or macro. Macros and
lookups of other apps count as known, and so do filter macros.

## Why it matters

The test replaces something that the search does not use, or waits for a detection that never runs: it does not test what
it says.

## Example

    tests:
    - name: Unknown host
      lookups:
        known_host: []      # the lookup is called known_hosts

## Use instead

    tests:
    - name: Unknown host
      lookups:
        known_hosts: []
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.content.model import Dialect, Kind, Tested
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.content.model import Test
    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the names that lead nowhere."""
    item = ctx.item
    if not isinstance(item, Tested) or item.document.dialect is not Dialect.NATIVE:
        return
    for test in item.tests:
        if "chain" in test.data or "lookups" in test.data or "macros" in test.data:
            yield from _in_test(ctx, test)


def _in_test(ctx: ObjectContext, test: Test) -> Iterator[Found]:
    env = ctx.env
    chain = test.data.get("chain")
    detections = env.names.get(Kind.DETECTION, {})
    for index, name in enumerate(chain if isinstance(chain, list) else ()):
        if isinstance(name, str) and name not in detections:
            yield _found("detection", name, detections, (*test.pointer, "chain", index), key=False)
    known: dict[str, dict[str, object]] = {
        "lookups": {**env.names.get(Kind.LOOKUP, {}), **env.external_lookups},
        "macros": {**env.macros, **env.external_macros, **env.filter_macros},
    }
    for key, names in known.items():
        written = test.data.get(key)
        for name in written if isinstance(written, dict) else ():
            if isinstance(name, str) and name.partition("(")[0] not in names:
                yield _found(key.removesuffix("s"), name, names, (*test.pointer, key, name), key=True)


def _found(kind: str, name: str, known: Mapping[str, object], pointer: tuple[str | int, ...], *, key: bool) -> Found:
    hint = did_you_mean(name, known) or f"name a {kind} of the pack"
    return Found(message=f"there is no {kind} `{name}`", hint=hint, pointer=pointer, key=key)


RULE = Rule(
    code="TST009",
    name="unknown-test-object",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
