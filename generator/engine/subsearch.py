"""Rows become a search text: what `format` does, and what stands for a subsearch in the search around it.

`( ( a="1" AND b="2" ) OR ( ... ) )`: fields in byte order without internal ones, several values of a field joined by OR.
A field named `search` or `query` goes in bare. No rows, or rows without such fields, give `NOT ( )`, which matches nothing.

Source: Search Reference, "format" and "return"; Search Manual, "Change the format of subsearch results".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.values import Value, elements, text_of

if TYPE_CHECKING:
    from generator.engine.table import Table

BARE = frozenset({"search", "query"})
"""Fields whose text goes in as it is, without name and quotes."""

EMPTY = "NOT ( )"
"""What no rows become."""


@dataclass(frozen=True, slots=True)
class RowFormat:
    """The six strings of `format`, and `mvsep` and `emptystr`."""

    row_prefix: str = "("
    column_prefix: str = "("
    column_separator: str = "AND"
    column_end: str = ")"
    row_separator: str = "OR"
    row_end: str = ")"
    multivalue_separator: str = "OR"
    empty: str = EMPTY


def formatted(table: Table, form: RowFormat | None = None) -> str:
    """Return the rows of a table as search text."""
    form = form or RowFormat()
    names = sorted(name for name in table.names() if not name.startswith("_"))
    rows = []
    for row in table.rows(names):
        parts = [_field(name, row[name], form) for name in names if name in row]
        if parts:
            inside = f" {form.column_separator} ".join(parts)
            rows.append(f"{form.column_prefix} {inside} {form.column_end}")
    if not rows:
        return form.empty
    return f"{form.row_prefix} {f' {form.row_separator} '.join(rows)} {form.row_end}"


def _field(name: str, value: Value, form: RowFormat) -> str:
    values = [_compared(name, text_of(one)) for one in elements(value)]
    if len(values) == 1:
        return values[0]
    return f"( {f' {form.multivalue_separator} '.join(values)} )"


def _compared(name: str, text: str) -> str:
    if name in BARE:
        return text
    shown = name if name.replace("_", "").replace(".", "").isalnum() else quoted(name)
    return f"{shown}={quoted(text)}"


def quoted(text: str) -> str:
    """Return a text in double quotes, as the search language reads it back."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def substituted(table: Table) -> str:
    """Return what stands for a subsearch in the search around it.

    A single field `search` or `query` (that of `return` and `format`, or a user's own) goes in as text of its own, so that
    it may also be a value or a part of an expression.
    """
    names = [name for name in table.names() if not name.startswith("_")]
    if len(names) == 1 and names[0] in BARE:
        texts = [text_of(one) for row in table.rows(names) if row for one in elements(row[names[0]])]
        if len(texts) == 1:
            return texts[0]
        if texts:
            return " OR ".join(f"({text})" for text in texts)
    return formatted(table)
