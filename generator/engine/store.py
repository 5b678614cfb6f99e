"""Loaded events as one source: sets of events one below the other, newest first, in a time window.

An event set comes from one `load`; its columns are its own (`ColumnSource`), put together here only as they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generator.engine.column import Column, absent, concat
from generator.engine.table import Table, over

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.engine.column import Floats
    from generator.engine.contracts import ColumnSource

MAX_WINDOWS = 8
"""Time windows whose tables are kept."""


class Stacked:
    """Several sources one below the other, as a source."""

    __slots__ = ("_columns", "_sources", "length")

    def __init__(self, sources: Sequence[ColumnSource]) -> None:
        self._sources = tuple(sources)
        self._columns: dict[str, Column | None] = {}
        self.length = sum(source.length for source in self._sources)

    def names(self) -> Iterable[str]:
        """Return the names of all sources, in the order in which they come up."""
        return list(dict.fromkeys(name for source in self._sources for name in source.names()))

    def indexed(self) -> Iterable[str]:
        """Return the names of the columns that the index would hold."""
        return dict.fromkeys(name for source in self._sources for name in getattr(source, "indexed", tuple)())

    def column(self, name: str) -> Column | None:
        """Return a column over all sources."""
        if name not in self._columns:
            parts = [source.column(name) for source in self._sources]
            if all(part is None for part in parts):
                self._columns[name] = None
            else:
                self._columns[name] = concat(
                    [
                        absent(source.length) if part is None else part
                        for source, part in zip(self._sources, parts, strict=True)
                    ]
                )
        return self._columns[name]


class EventStore:
    """Everything that was loaded into an engine."""

    def __init__(self) -> None:
        self._sources: list[ColumnSource] = []
        self._stacked: ColumnSource = Stacked(())
        self._order: Table | None = None
        self._windows: dict[tuple[float | None, float | None], Table] = {}

    def add(self, source: ColumnSource) -> None:
        """Add a set of events."""
        self._sources.append(source)
        self._stacked = source if len(self._sources) == 1 else Stacked(self._sources)
        self._order = None
        self._windows.clear()

    @property
    def length(self) -> int:
        """The number of events."""
        return self._stacked.length

    def events(self, earliest: float | None = None, latest: float | None = None) -> Table:
        """Return the events with `earliest <= _time < latest`, newest first (equal times in the order of loading).

        Searches over the same window share one table, and with it all that is derived from it.
        """
        if self._order is None:
            self._order = newest_first(over(self._stacked))
        window = (earliest, latest)
        if window not in self._windows:
            if len(self._windows) >= MAX_WINDOWS:
                del self._windows[next(iter(self._windows))]
            self._windows[window] = in_window(self._order, earliest, latest)
        return self._windows[window]


def newest_first(table: Table) -> Table:
    """Return the rows by `_time` downwards, those without a time last."""
    times = table.column("_time").numbers
    if len(times) < 2 or bool((times[1:] <= times[:-1]).all()):
        return table
    return table.take(np.argsort(-times, kind="stable"))


def in_window(table: Table, earliest: float | None, latest: float | None) -> Table:
    """Return the rows of a time window; an open side lets everything through, rows without a time as well."""
    if (earliest is None and latest is None) or not table.length:
        return table
    times: Floats = table.column("_time").numbers
    inside = np.ones(table.length, np.bool_)
    if earliest is not None:
        inside &= times >= earliest
    if latest is not None:
        inside &= times < latest
    return table if inside.all() else table.take(inside)
