"""DEP005 unknown-replacement: the replacement of deprecated content does not exist.

## What it does

Reports names under `replacement_content` that no content has; in mapping files (v5) only detections and stories count.

## Why it matters

Users are told to move to something that they cannot find.

## Example

    replacement_content:
    - New Tol

## Use instead

The exact `name` of a detection or story of the pack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule
from generator.rules.dep.replacements import replacements
from generator.rules.dep.versions import mapping_severity
from generator.rules.unread import may_be_named, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the replacements that do not exist."""
    pack = ctx.pack
    everything = {item.name for item in pack.objects()}
    removed = {item.name for item in pack.removed}
    in_mapping = {item.name for item in (*pack.detections, *pack.stories)} | removed
    unread = unread_texts(pack)
    for name, document, pointer, mapped in replacements(pack):
        known = in_mapping if mapped else everything
        if name not in known and not may_be_named(name, unread):
            yield Found(
                message=f"the replacement `{name}` does not exist",
                hint=did_you_mean(name, known),
                document=document,
                pointer=pointer,
                severity=mapping_severity(ctx.env.config) if mapped else None,
            )


RULE = Rule(code="DEP005", name="unknown-replacement", severity=Severity.ERROR, since="0.1", check_pack=check)
