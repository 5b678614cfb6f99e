"""DEP008 repeated-deprecation: content that deprecation mappings name twice.

## What it does

Reports the second and each later entry for the same content in `removed/deprecation_mapping*.YML`.

## Why it matters

Two entries can give two versions and two reasons, and only one of them reaches the users.

## Example

    detections:
    - content: Old Tool
      removed_in_version: 6.0.0
    - content: Old Tool
      removed_in_version: 7.0.0

## Use instead

One entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.dep.versions import mapping_severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the entries that repeat an earlier one."""
    first: dict[tuple[str, str], str] = {}
    for entry in ctx.pack.deprecation_entries:
        key = (entry.section, entry.content)
        if key not in first:
            first[key] = entry.document.path
        elif entry.content:
            yield Found(
                message=f"`{entry.content}` has an entry in `{first[key]}` already",
                hint="keep one entry",
                document=entry.document,
                pointer=(*entry.pointer, "content"),
                severity=mapping_severity(ctx.env.config),
            )


RULE = Rule(code="DEP008", name="repeated-deprecation", severity=Severity.ERROR, since="0.1", check_pack=check)
