"""DEP006 wrong-deprecation-section: a deprecation mapping names content under the wrong kind.

## What it does

Reports entries of `removed/deprecation_mapping*.YML` in a section (`detections`, `baselines`, `stories`,
`investigations`) that is not the one of their content.

## Why it matters

The entry is looked up by kind and name, so the content counts as not mapped.

## Example

    detections:
    - content: Old Story        # a story

## Use instead

The section of the content's kind.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Kind
from generator.rules.base import Found, Rule
from generator.rules.dep.versions import SECTIONS, mapping_severity, statuses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the entries whose content is of another kind."""
    kinds: defaultdict[str, set[Kind]] = defaultdict(set)
    for kind, name, _status in statuses(ctx.pack):
        kinds[name].add(kind)
    for entry in ctx.pack.deprecation_entries:
        actual = kinds.get(entry.content)
        wanted = SECTIONS.get(entry.section)
        # Removed content whose former kind is not written anywhere fits every section.
        if actual is None or wanted is None or wanted in actual or Kind.REMOVED in actual:
            continue
        section = next(name for name, kind in SECTIONS.items() if kind in actual)
        yield Found(
            message=f"`{entry.content}` is listed under `{entry.section}`, but belongs under `{section}`",
            hint=f"move the entry to `{section}`",
            document=entry.document,
            pointer=(*entry.pointer, "content"),
            severity=mapping_severity(ctx.env.config),
        )


RULE = Rule(code="DEP006", name="wrong-deprecation-section", severity=Severity.ERROR, since="0.1", check_pack=check)
