"""PRF002 all-indexes: a search of all indexes.

## What it does

Reports `index=*` among the terms that fetch events.

## Why it matters

Each index is opened and searched, whatever is in it. On a large site that is the difference between seconds and hours.

## Example

    index=* sourcetype=aws:cloudtrail

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


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the comparisons."""
    for node, value in compared_values(fetching_terms(ctx.search), "index"):
        if value.text in {"*", "_*"}:
            yield Found(
                message=f"`index={value.text}` searches all indexes",
                hint="name the index, best in a macro that users can change",
                start=node.start,
                end=node.end,
            )


RULE = Rule(
    code="PRF002",
    name="all-indexes",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_search=check,
)
