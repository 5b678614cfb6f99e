"""PRF003 hard-coded-index: an index that is written into the search.

## What it does

Reports `index=name` in the search's own text. Internal indexes (`_audit`) and those that Enterprise Security makes (`risk`,
`notable`, ...) have fixed names and are left out, and so is what a macro gives.

## Why it matters

Other sites keep the same data in other indexes, and must change the search itself: their change is lost with the next update.

## Example

    index=main sourcetype=aws:cloudtrail

## Use instead

    `cloudtrail`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.prf.fetching import compared_values, fetching_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_FIXED = frozenset(
    {"risk", "notable", "notable_summary", "threat_activity", "cim_modactions", "endpoint_summary", "summary"}
)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the comparisons."""
    if "index" not in ctx.search.text:
        return
    for node, value in compared_values(fetching_terms(ctx.search), "index"):
        name = value.text
        if not name or name.startswith("_") or "*" in name or "$" in name or name.lower() in _FIXED:
            continue
        if not ctx.search.expansion.origin(node.start).chain:
            yield Found(
                message=f"the index `{name}` is written into the search",
                hint="put it into a macro, which users can change",
                start=node.start,
                end=node.end,
            )


RULE = Rule(
    code="PRF003",
    name="hard-coded-index",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection",),
    check_search=check,
)
