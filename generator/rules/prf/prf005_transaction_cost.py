"""PRF005 transaction-cost: a `transaction`.

## What it does

Reports the command `transaction`.

## Why it matters

It runs on the search head alone, keeps all open transactions in memory, and drops some when there are too many. `stats` does
most of the same on the indexers.

## Example

    ... | transaction session_id

## Use instead

    ... | stats min(_time) as start max(_time) as end values(action) as action by session_id
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
    for node in commands_called(ctx.search, "transaction"):
        yield Found(
            message="`transaction` groups on the search head, and drops what does not fit into memory",
            hint="`stats ... by` the same fields scales",
            start=node.name_start,
            end=node.name_end,
        )


RULE = Rule(
    code="PRF005",
    name="transaction-cost",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection", "baseline"),
    check_search=check,
)
