"""LKP013 unknown-lookup-column: a column that the lookup does not have.

## What it does

Compares the fields that `lookup` matches and outputs, and those that the condition of `inputlookup` compares, with the
columns of the pack's tables: the header of a CSV, the fields of a KV store.

## Why it matters

Splunk refuses a `lookup` with a field that is no column; in a condition it is never true.

## Example

    | lookup attacker_tools tool_name AS process_name OUTPUT description

## Use instead

    | lookup attacker_tools attacker_tool_names AS process_name OUTPUT description
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.commands.inputlookup import Inputlookup
from generator.commands.lookup import Lookup
from generator.rules.base import Found, Rule
from generator.spl.ast import Comparison, InTerm, Name
from generator.spl.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the names that are no columns."""
    if not ctx.search.facts.lookups:
        return
    for node in ctx.search.nodes_of(Lookup):
        fields = (item.field for item in (*node.matches, *node.outputs))
        yield from _missing(ctx, node.table, fields)
    for read in ctx.search.nodes_of(Inputlookup):
        if read.where is not None:
            compared = (term.field for term in walk(read.where) if isinstance(term, Comparison | InTerm))
            yield from _missing(ctx, read.table, compared)


def _missing(ctx: SearchContext, table: object, fields: Iterable[object]) -> Iterator[Found]:
    columns = ctx.env.lookup_columns.get(table.text.removesuffix(".csv")) if isinstance(table, Name) else None
    if columns is None or not isinstance(table, Name):
        return
    for field in fields:
        if isinstance(field, Name) and field.text not in columns and not field.has_wildcard and "$" not in field.text:
            yield Found(
                message=f"`{field.text}` is no column of the lookup `{table.text}`",
                hint=did_you_mean(field.text, columns) or f"it has {_listed(columns)}",
                start=field.start,
                end=field.end,
            )


def _listed(columns: frozenset[str]) -> str:
    names = [f"`{name}`" for name in sorted(columns)]
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


RULE = Rule(code="LKP013", name="unknown-lookup-column", severity=Severity.ERROR, since="0.1", check_search=check)
