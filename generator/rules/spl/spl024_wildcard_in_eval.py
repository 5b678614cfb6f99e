"""SPL024 wildcard-in-eval: a comparison of an expression with `*` for a wildcard.

## What it does

Reports comparisons in `where` and `eval` with a text that begins with `*` and goes on, and `like` with `*` and none of its
own wildcards.

## Why it matters

Only the search language has `*`. An expression compares letter by letter: nothing ever equals `*admin*`.

## Example

    | where user="*admin*"

## Use instead

    | where like(user, "%admin%")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.ast import Binary, Call, InList, StringLiteral

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext
    from generator.spl.ast import Expr

_EQUALITY = frozenset({"=", "==", "!="})


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the texts with a star."""
    for node in ctx.search.nodes_of(Binary):
        if node.op in _EQUALITY:
            yield from _compared(node.right)
            yield from _compared(node.left)
        elif node.op == "LIKE":
            yield from _like(node.right)
    for chosen in ctx.search.nodes_of(InList):
        for value in chosen.values:
            yield from _compared(value)
    for call in ctx.search.nodes_of(Call):
        if call.name.lower() == "like" and len(call.args) == 2:
            yield from _like(call.args[1])


def _compared(expr: Expr) -> Iterator[Found]:
    if isinstance(expr, StringLiteral) and expr.value.startswith("*") and len(expr.value.strip("*")) > 1:
        shown = expr.value.replace("*", "%")
        yield Found(
            message="`*` is no wildcard in an expression: this compares with a star",
            hint=f'write `like(field, "{shown}")`, or use `search`',
            start=expr.start,
            end=expr.end,
        )


def _like(expr: Expr) -> Iterator[Found]:
    if not isinstance(expr, StringLiteral) or "%" in expr.value or "_" in expr.value:
        return
    if expr.value.startswith("*") or expr.value.endswith("*"):
        yield Found(
            message="`*` is no wildcard in `like`",
            hint=f'write `"{expr.value.replace("*", "%")}"`',
            start=expr.start,
            end=expr.end,
        )


RULE = Rule(code="SPL024", name="wildcard-in-eval", severity=Severity.WARNING, since="0.1", check_search=check)
