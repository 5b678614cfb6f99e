"""TST007 unexplained-experimental-test: a test that is set aside without a word.

## What it does

Reports tests with `test_type: experimental` (native dialect) whose `description` is empty, and a `manual_test` (v4, v5)
that is. That the description is missing altogether is reported by SCH001.

## Why it matters

An experimental test does not run, and still counts as the test that a production detection needs. The reason is all that
a reviewer has to tell an honest gap from an omission.

## Example

    - name: True Positive Test
      test_type: experimental
      description: ''

## Use instead

    - name: True Positive Test
      test_type: experimental
      description: Needs a licensed appliance; its logs cannot be published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Tested
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the tests that are set aside without a reason."""
    item = ctx.item
    if not isinstance(item, Tested):
        return
    for test in item.tests:
        if test.type == "experimental" and "description" in test.data and not test.description.strip():
            yield _found((*test.pointer, "description"))
    if isinstance(item, Detection) and item.manual_test is not None and not item.manual_test.strip():
        yield _found(("tags", "manual_test"))


def _found(pointer: tuple[str | int, ...]) -> Found:
    return Found(
        message="it is not said why the test cannot run", hint="say what the test would need", pointer=pointer, key=True
    )


RULE = Rule(
    code="TST007",
    name="unexplained-experimental-test",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
