"""PRF004 subsearch-limit: a command that silently drops rows of its subsearch.

## What it does

Reports `join`, `append` and `appendcols`: the first 50,000 rows of their subsearch are taken, and what it finds within 60
seconds.

## Why it matters

Rows beyond the limit are missing without a word, so that the detection misses attacks on large sites only.

## Example

    ... | join user [search index=hr]

## Use instead

    ... | lookup hr_users user OUTPUT department
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.commands.append import Append
from generator.commands.appendcols import Appendcols
from generator.commands.join import Join
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the commands."""
    for kind in (Join, Append, Appendcols):
        for node in ctx.search.nodes_of(kind):
            yield Found(
                message=f"`{node.name}` takes at most 50,000 rows of its subsearch, and 60 seconds",
                hint="search both at once and combine with `stats`, or use a lookup",
                start=node.name_start,
                end=node.name_end,
            )


RULE = Rule(
    code="PRF004",
    name="subsearch-limit",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection", "baseline"),
    check_search=check,
)
