"""A table: named columns of one length, in order. Columns of events and data models come lazily from a source.

Every operation gives a new table and shares what it can. A table over a source knows its columns only as they are asked
for (`column`); `names` lists them all, which may extract everything, so commands ask for it only where wildcards or the
final result need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from generator.engine.column import Column, absent, concat, encode
from generator.engine.values import Value, multivalue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.engine.column import Mask, Rows
    from generator.engine.contracts import ColumnSource


class Table:
    """Rows and columns. Build one with `Table(length, columns)`, `from_rows` or `over`.

    `_columns` are its own; behind them may stand a source whose rows are chosen by `_rows` (None = all, in order),
    without the names in `_hidden`, or with just those in `_only`. `_taken` are the source's columns asked for so far.

    `cache` is for what others derive from this very table (the frames of data models over the events), each under a key
    of its own; it lives as long as the table.
    """

    __slots__ = ("_columns", "_hidden", "_only", "_rows", "_source", "_taken", "cache", "length")

    def __init__(
        self,
        length: int,
        columns: Mapping[str, Column] | None = None,
        *,
        source: ColumnSource | None = None,
        rows: Rows | None = None,
        hidden: frozenset[str] = frozenset(),
        only: tuple[str, ...] | None = None,
    ) -> None:
        self.length = length
        self.cache: dict[object, Any] = {}
        self._columns: dict[str, Column] = dict(columns) if columns else {}
        self._taken: dict[str, Column | None] = {}
        self._source = source
        self._rows = rows
        self._hidden = hidden
        self._only = only

    def __len__(self) -> int:
        return self.length

    @property
    def is_lazy(self) -> bool:
        """Whether columns come from a source that makes them when they are asked for."""
        source = self._source
        return source is not None and (not isinstance(source, Table) or source.is_lazy)

    # --- reading -----------------------------------------------------------------------------------------------------

    def column(self, name: str) -> Column:
        """Return a column; one without values where the field does not exist."""
        found = self.find(name)
        return absent(self.length) if found is None else found

    def find(self, name: str) -> Column | None:
        """Return a column, or None where the field does not exist."""
        own = self._columns.get(name)
        if own is not None or self._source is None:
            return own
        if name in self._taken:
            return self._taken[name]
        if name in self._hidden or (self._only is not None and name not in self._only):
            return None
        if not self.length and self.is_lazy:
            return absent(0)  # nothing is worth making for no rows
        found = self._source.column(name)
        if found is not None and self._rows is not None:
            found = found.take(self._rows)
        self._taken[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def names(self) -> list[str]:
        """Return the names of all columns in order; where there are no rows, only of those that are known anyway."""
        if self._source is None:
            return list(self._columns)
        if not self.length and self.is_lazy:
            return list(dict.fromkeys((*(self._only or ()), *self._columns)))
        if self._only is not None:
            listed = [name for name in self._only if self.find(name) is not None]
        else:
            listed = [name for name in self._source.names() if name not in self._hidden]
        return list(dict.fromkeys((*listed, *self._columns)))

    def rows(self, names: Sequence[str] | None = None) -> list[dict[str, Value]]:
        """Return the rows as dictionaries without the absent cells."""
        result: list[dict[str, Value]] = [{} for _ in range(self.length)]
        for name in self.names() if names is None else names:
            column = self.column(name)
            values = column.values
            for row, code in zip(result, column.codes.tolist(), strict=True):
                if code:
                    row[name] = values[code]
        return result

    def indexed(self) -> list[str]:
        """Return the names of the columns that the index would hold: those of ingest, and those that were handed in."""
        behind: Iterable[str] = getattr(self._source, "indexed", tuple)()
        return list(dict.fromkeys((*(name for name in behind if name not in self._hidden), *self._columns)))

    # --- changing ----------------------------------------------------------------------------------------------------

    def with_columns(self, columns: Mapping[str, Column]) -> Table:
        """Return the table with columns added or replaced (a new one goes to the end)."""
        made = self._copy()
        made._columns.update(columns)  # noqa: SLF001 - a table of its own class
        return made

    def without(self, names: Iterable[str]) -> Table:
        """Return the table without these columns."""
        gone = frozenset(names)
        made = self._copy()
        for name in gone:
            made._columns.pop(name, None)  # noqa: SLF001 - as above
        made._hidden |= gone  # noqa: SLF001 - as above
        return made

    def select(self, names: Sequence[str]) -> Table:
        """Return the table with just these columns, in this order; one that does not exist becomes an empty column."""
        return Table(self.length, {name: self.column(name) for name in names})

    def keep(self, names: Iterable[str]) -> Table:
        """Return the table with just those of these columns that exist, read only when asked for."""
        kept = tuple(dict.fromkeys(names))
        made = self._copy()
        made._columns = {name: self._columns[name] for name in kept if name in self._columns}  # noqa: SLF001 - as above
        made._only = kept if self._only is None else tuple(name for name in kept if name in self._only)  # noqa: SLF001 - as above
        return made

    def rename(self, pairs: Mapping[str, str]) -> Table:
        """Return the table with columns renamed at once; where a source does not exist, an existing target goes away."""
        moved = {source: target for source, target in pairs.items() if source != target}
        targets = set(moved.values())
        if self.is_lazy:
            found = {target: column for source, target in moved.items() if (column := self.find(source)) is not None}
            return self.without((*moved, *targets)).with_columns(found)
        names = self.names()
        columns: dict[str, Column] = {}
        for name in names:
            if name in moved:
                columns[moved[name]] = self.column(name)
            elif name not in targets:
                columns[name] = self.column(name)
        return Table(self.length, columns)

    def take(self, rows: Rows | Mask) -> Table:
        """Return these rows (indexes in any order, or a mask)."""
        places: Rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.intp, copy=False)
        if self._source is not None and not self._columns:
            composed = places if self._rows is None else self._rows[places]
            return Table(len(places), source=self._source, rows=composed, hidden=self._hidden, only=self._only)
        return Table(len(places), source=self, rows=places)

    def head(self, count: int) -> Table:
        """Return the first rows."""
        return self if count >= self.length else self.take(np.arange(max(0, count)))

    def _copy(self) -> Table:
        made = Table(self.length, source=self._source, rows=self._rows, hidden=self._hidden, only=self._only)
        made._columns = dict(self._columns)
        return made


def over(source: ColumnSource) -> Table:
    """Return a table of all rows of a source."""
    return Table(source.length, source=source)


def from_rows(rows: Sequence[Mapping[str, object]]) -> Table:
    """Make a table of rows: values are texts, numbers, lists of these (multivalue), or None.

    Raises:
        TypeError: another kind of value.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    return Table(len(rows), {name: encode([cell(row.get(name)) for row in rows]) for name in names})


def cell(value: object) -> Value:
    """Return a value of plain data (JSON) as cell: Booleans as `true` and `false`, empty lists as absent.

    Raises:
        TypeError: it is none of text, number, Boolean, null and list of these.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 - only NaN differs from itself
    if isinstance(value, int):
        return value
    if isinstance(value, list | tuple):
        parts: list[str | int | float] = []
        for item in value:
            part = cell(item)
            parts.extend(part if isinstance(part, tuple) else () if part is None else (part,))
        return multivalue(parts)
    raise TypeError(f"a cell cannot be a {type(value).__name__}")


def stack(tables: Sequence[Table]) -> Table:
    """Put tables one below the other; a column that one of them lacks is absent there."""
    tables = [table for table in tables if table.length or table.names()] or list(tables[:1])
    if len(tables) == 1:
        return tables[0]
    names = dict.fromkeys(name for table in tables for name in table.names())
    return Table(
        sum(table.length for table in tables),
        {name: concat([table.column(name) for table in tables]) for name in names},
    )
