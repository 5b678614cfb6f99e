"""PRF006 map-cost: a search for each row.

## What it does

Reports the command `map`.

## Why it matters

It runs a whole search for each row, ten at most unless `maxsearches` says more; rows beyond are not looked at.

## Example

    ... | map search="search index=web user=$user$"

## Use instead

    ... [search ... | fields user]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.prf.fetching import commands_called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the commands."""
    for node in commands_called(ctx.search, "map"):
        yield Found(
            message="`map` runs a search for each row, and leaves out rows beyond `maxsearches`",
            hint="use a subsearch, a lookup or `stats`",
            start=node.name_start,
            end=node.name_end,
        )


RULE = Rule(
    code="PRF006",
    name="map-cost",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_search=check,
)
