"""PRF007 sort-limit: a `sort` that keeps the first 10,000 results only.

## What it does

Reports `sort` without a count.

## Why it matters

Without one, `sort` cuts after 10,000 results. What follows (`stats`, `streamstats`, `dedup`) works on the part that is left.

## Example

    ... | sort - _time | streamstats count by user

## Use instead

    ... | sort 0 - _time | streamstats count by user
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.commands.sort import Sort
from generator.rules.base import Found, Rule
from generator.spl.ast import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


_COUNTING = frozenset(
    {"stats", "streamstats", "eventstats", "dedup", "chart", "timechart", "transaction", "delta", "autoregress"}
)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the commands that others follow; at the end it is the usual way to show the most important results."""
    if "sort" not in ctx.search.facts.commands:
        return
    for pipeline in ctx.search.nodes_of(Pipeline):
        for node, follower in zip(pipeline.commands, pipeline.commands[1:], strict=False):
            if isinstance(node, Sort) and node.limit is None and not node.options and follower.name in _COUNTING:
                yield Found(
                    message=f"`sort` keeps 10,000 results: `{follower.name}` does not see the others",
                    hint="write `sort 0`",
                    start=node.name_start,
                    end=node.name_end,
                )


RULE = Rule(
    code="PRF007",
    name="sort-limit",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection", "baseline"),
    check_search=check,
)
