"""DEP004 missing-deprecation: deprecated content that no deprecation mapping names.

## What it does

With `enforce_deprecation_mapping_requirement: true` (v5 dialect), every deprecated or removed object must have an entry
in `removed/deprecation_mapping*.YML`. Reports those without one.

## Why it matters

The mapping is what tells users of the app why content goes, when, and what to use in its place.

## Example

    status: deprecated      # and no entry in removed/deprecation_mapping.YML

## Use instead

    detections:
    - content: Old Tool
      removed_in_version: 6.0.0
      reason: The new detection covers it.
      replacement_content:
      - New Tool
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect, Kind
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield deprecated and removed content without an entry."""
    if not ctx.env.config.enforce_deprecation_mapping:
        return
    pack = ctx.pack
    mapped = {entry.content for entry in pack.deprecation_entries}
    for group in (pack.detections, pack.baselines, pack.stories, pack.removed):
        for item in group:
            gone = item.kind is Kind.REMOVED or item.status == "deprecated"
            if gone and item.name and item.name not in mapped and item.document.dialect is not Dialect.NATIVE:
                yield Found(
                    message=f"no deprecation mapping names `{item.name}`, which is {item.status}",
                    hint="add an entry to `removed/deprecation_mapping.YML`",
                    document=item.document,
                    pointer=("status",),
                )


RULE = Rule(code="DEP004", name="missing-deprecation", severity=Severity.ERROR, since="0.1", check_pack=check)
