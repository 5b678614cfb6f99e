"""SPL025 quoted-field-name: a field's name in double quotes where an expression wants its value.

## What it does

Reports texts in double quotes, as the first argument of a function or as the left side of a comparison, that are the name of
a field of this search which holds a blank.

## Why it matters

In expressions double quotes make a text, single quotes a field: `len("user name")` is 9.

## Example

    | stats values(process) as "All Processes" | eval first=mvindex("All Processes", 0)

## Use instead

    | stats values(process) as "All Processes" | eval first=mvindex('All Processes', 0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.ast import Aggregation, Binary, Call, StringLiteral

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">="})
_TEXTS = frozenset(
    {"if", "case", "validate", "coalesce", "mvappend", "json_object", "json_array", "printf", "strptime"}
)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the texts."""
    literals = [node for node in ctx.search.nodes_of(StringLiteral) if " " in node.value]
    if not literals:
        return
    names = {item.alias.text for item in ctx.search.nodes_of(Aggregation) if item.alias is not None}
    names.update(ctx.search.final.names)
    if not any(node.value in names for node in literals):
        return
    first = {node.left.start for node in ctx.search.nodes_of(Binary) if node.op in _COMPARISONS}
    first.update(
        node.args[0].start for node in ctx.search.nodes_of(Call) if node.args and node.name.lower() not in _TEXTS
    )
    for node in literals:
        if node.value in names and node.start in first:
            yield Found(
                message=f"this is the text `{node.value}`, not the field of that name",
                hint=f"write `'{node.value}'`",
                start=node.start,
                end=node.end,
            )


RULE = Rule(
    code="SPL025", name="quoted-field-name", severity=Severity.WARNING, since="0.1", reads_flow=True, check_search=check
)
