"""DEP009 contradicted-deprecation: a deprecation mapping names content that is not deprecated.

## What it does

Reports entries of `removed/deprecation_mapping*.YML` whose content exists and has another status than `deprecated` or
`removed`.

## Why it matters

Users are told that the content goes, and the content itself says that it stays.

## Example

    detections:
    - content: Renamed Tool      # status: production

## Use instead

`status: deprecated` in the content, or no entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.dep.versions import SECTIONS, mapping_severity, statuses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the entries whose content is not deprecated."""
    status_of = {(kind, name): status for kind, name, status in statuses(ctx.pack)}
    for entry in ctx.pack.deprecation_entries:
        kind = SECTIONS.get(entry.section)
        status = status_of.get((kind, entry.content)) if kind is not None else None
        if status is not None and status not in {"deprecated", "removed"}:
            yield Found(
                message=f"`{entry.content}` is announced to go, but its status is `{status}`",
                hint="set `status: deprecated`, or drop the entry",
                document=entry.document,
                pointer=(*entry.pointer, "content"),
                severity=mapping_severity(ctx.env.config),
            )


RULE = Rule(code="DEP009", name="contradicted-deprecation", severity=Severity.ERROR, since="0.1", check_pack=check)
