"""SPL027 search-without-events: a search that begins with a command which reads nothing.

## What it does

Reports searches of detections and baselines whose first command needs results, but stands behind a leading pipe.

## Why it matters

There are no results before it: the search finds nothing, ever. Mostly a pipe too many, or the first line was lost.

## Example

    | stats count by user

## Use instead

    index=auth | stats count by user
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.analysis.model import Role
from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.syntax import CommandKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_NEEDS_RESULTS = frozenset({CommandKind.STREAMING, CommandKind.TRANSFORMING})
_MAY_BEGIN = frozenset({"search", "noop", "localop", "outputtelemetry", "script", "sendalert", "sendemail", "lookup"})


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the first command."""
    tree = ctx.search.tree
    if ctx.search.role is not Role.SEARCH or not tree.leading_pipe or not tree.commands:
        return
    first = tree.commands[0]
    spec = ctx.env.commands.get(first.name) if first.name else None
    if spec is not None and not spec.app and spec.kind in _NEEDS_RESULTS and first.name not in _MAY_BEGIN:
        yield Found(
            message=f"the search begins with `{first.name}`, which reads no events",
            hint="begin with what to search, or with a command such as `tstats`",
            start=first.name_start,
            end=first.name_end,
        )


RULE = Rule(
    code="SPL027",
    name="search-without-events",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline", "investigation"),
    check_search=check,
)
