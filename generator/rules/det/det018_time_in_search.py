"""DET018 time-in-search: a scheduled detection whose search sets its own time range.

## What it does

Reports `earliest=`, `latest=` and their `_index_` forms among the terms of the base search. Those of subsearches are left
alone: they look back further than the search around them for a reason.

## Why it matters

What stands in the search overrides the time range of the schedule. A detection that runs each hour over
`earliest=-24h` raises the same result 24 times, and a test that replays older events finds nothing.

## Example

    search: index=win EventCode=1102 earliest=-24h | stats count by dest

## Use instead

    search: index=win EventCode=1102 | stats count by dest

with the time range in the schedule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.spl.ast import Comparison, Name, Subsearch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_KEYS = frozenset({"earliest", "latest", "_index_earliest", "_index_latest"})


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the first time term of the base search."""
    item, search = ctx.item, ctx.search
    if search is None or not isinstance(item, Detection) or not search.tree.commands:
        return
    if "earliest" not in search.text and "latest" not in search.text:
        return
    first = search.tree.commands[0]
    nested = search.nodes_of(Subsearch)
    for term in search.nodes_of(Comparison):
        if not first.start <= term.start < first.end or not isinstance(term.field, Name):
            continue
        if term.field.text.lower() not in _KEYS or any(n.start <= term.start < n.end for n in nested):
            continue
        place = _written(search.text, search.expansion.text, term.start, term.end)
        if place is not None:
            yield Found(
                message=f"`{search.text[place[0] : place[1]]}` overrides the time range of the schedule",
                hint="leave the time range to the schedule",
                pointer=("search",),
                start=place[0],
                end=place[1],
            )
            return


def _written(source: str, expanded: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where a term of the expanded text is written in the search itself, None when a macro gives it."""
    words = expanded[start:end]
    if source.count(words) != 1:
        return None
    found = source.index(words)
    return found, found + len(words)


RULE = Rule(
    code="DET018",
    name="time-in-search",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
