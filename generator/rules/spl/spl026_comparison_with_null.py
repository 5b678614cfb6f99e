"""SPL026 comparison-with-null: a comparison that can never be true.

## What it does

Reports comparisons with `null` or `null()` in expressions.

## Why it matters

A comparison with nothing gives nothing, which counts as false, whatever the field holds: `!=` included.

## Example

    | where user != null

## Use instead

    | where isnotnull(user)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.ast import Binary, Call, NullLiteral

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext
    from generator.spl.ast import Expr

_COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">=", "LIKE"})


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the comparisons."""
    for node in ctx.search.nodes_of(Binary):
        if node.op in _COMPARISONS and (_is_null(node.left) or _is_null(node.right)):
            yield Found(
                message="a comparison with null is never true",
                hint="write `isnotnull(field)`" if node.op == "!=" else "write `isnull(field)`",
                start=node.start,
                end=node.end,
            )


def _is_null(expr: Expr) -> bool:
    return isinstance(expr, NullLiteral) or (isinstance(expr, Call) and expr.name.lower() == "null" and not expr.args)


RULE = Rule(code="SPL026", name="comparison-with-null", severity=Severity.WARNING, since="0.1", check_search=check)
