"""DET001 filter-macro-missing: a detection that does not call its own filter macro.

## What it does

Reports searches without a call of `<file name>_filter`, and those that call the filter macro of another detection. A call
of a filter macro that does not exist is left to MAC001. Detections in the v3 dialect, whose files were not always named
after the macro, get a warning.

## Why it matters

The filter macro is the one place where a site may tune a detection without losing its changes at the next update. It is
made for each detection, whether the search calls it or not; when it does not, what is written there has no effect. With
the macro of another detection, tuning one changes both.

## Example

    # detections/endpoint/renamed_tool.yml
    search: index=win EventCode=1 | stats count by dest | `other_detection_filter`

## Use instead

    search: index=win EventCode=1 | stats count by dest | `renamed_tool_filter`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.analysis.model import MacroOrigin
from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the call of another detection's filter macro, or the search without any."""
    item, search = ctx.item, ctx.search
    if search is None or not isinstance(item, Detection) or not item.search.strip():
        return
    wanted = item.filter_macro
    if search.errors and f"`{wanted}" in item.search:
        return  # what hides the call is found as such
    severity = Severity.WARNING if item.document.dialect is Dialect.V3 else None
    misnamed = None
    for use in search.facts.macros:
        if use.direct and use.name.endswith("_filter"):
            if use.name == wanted:
                return
            misnamed = use
    if misnamed is None:
        yield Found(
            message=f"the search does not call its filter macro, `{wanted}`",
            hint=f"end the search with | `{wanted}`",
            pointer=("search",),
            severity=severity,
        )
    elif misnamed.origin is not MacroOrigin.UNKNOWN:
        owner = ctx.env.filter_macros.get(misnamed.name)
        yield Found(
            message=f"`{misnamed.name}` is {_whose(owner)}, expected `{wanted}`",
            hint=f"call `{wanted}`",
            pointer=("search",),
            start=misnamed.start,
            end=misnamed.end,
            severity=severity,
        )


def _whose(owner: str | None) -> str:
    return "not the filter macro of this detection" if owner is None else f"the filter macro of {owner}"


RULE = Rule(
    code="DET001",
    name="filter-macro-missing",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
