"""DET002 filter-macro-not-last: a filter macro with commands behind it.

## What it does

Reports calls of the detection's own filter macro that are not the last stage of the search.

## Why it matters

Who tunes a detection looks at its results and writes a condition on their fields. Where more commands follow, the macro
sees other fields than the results have: the condition may match nothing, and silently filter everything or nothing away.

## Example

    search: ... | stats count by dest | `renamed_tool_filter` | eval score=count*2

## Use instead

    search: ... | stats count by dest | eval score=count*2 | `renamed_tool_filter`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the filter macro behind which the search goes on."""
    item, search = ctx.item, ctx.search
    if search is None or not isinstance(item, Detection) or not search.facts.parsed:
        return
    if item.search.rstrip().endswith(f"`{item.filter_macro}`"):
        return
    uses = [use for use in search.facts.macros if use.direct and use.name == item.filter_macro]
    if uses and "|" in item.search[uses[-1].end :]:
        yield Found(
            message=f"commands follow the filter macro `{uses[-1].name}`",
            hint="make the filter macro the last stage, so that it sees the results",
            pointer=("search",),
            start=uses[-1].start,
            end=uses[-1].end,
        )


RULE = Rule(
    code="DET002",
    name="filter-macro-not-last",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
