"""Rows that belong together: group ids for BY clauses, sort orders, repeats, join keys. The one place for such work.

Everything goes by codes: a field's distinct texts are ranked once in byte order, and the ranks of several fields are
combined into one number a row. Equal texts are equal keys, whether they came as text or as number.

Sources: Search Reference, "stats" (groups sorted by BY values, rows without a BY value left out, a multivalue in one
group per value), "sort" (missing values last, `auto`, `num`, `str`, `ip`), "dedup".
"""

from __future__ import annotations

import ipaddress
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from generator.base.frozen import dataclass
from generator.engine.column import SMALL
from generator.engine.values import Value, number_of, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from generator.engine.column import Column, Floats, Rows
    from generator.engine.table import Table

    Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Members of groups.

    `rows` is the table's row of each member (a row is in several groups where a BY field has several values), `ids` its
    group, 0 to `count` - 1 in the order of the keys. `keys` are the BY columns, one cell a group.
    """

    table: Table
    rows: Rows
    ids: Ids
    count: int
    keys: tuple[Column, ...]

    @cached_property
    def is_whole(self) -> bool:
        """Whether the members are the table's rows in order."""
        return len(self.rows) == self.table.length and bool((self.rows == np.arange(len(self.rows))).all())

    @cached_property
    def times(self) -> Floats:
        """Each member's `_time`, NaN where it has none."""
        times = self.table.column("_time").numbers
        return times if self.is_whole else times[self.rows]

    def members(self, column: Column) -> Column:
        """Return a column of the table as column of the members."""
        return column if self.is_whole else column.take(self.rows)

    def first_rows(self) -> Rows:
        """Return the table's row of each group's first member."""
        _, firsts = np.unique(self.ids, return_index=True)
        found: Rows = self.rows[firsts]
        return found


def group(table: Table, names: Sequence[str]) -> Groups:
    """Put rows into groups by the values of fields; rows that lack one are left out. Without names: one group of all."""
    rows = np.arange(table.length)
    if not names:
        return Groups(table, rows, np.zeros(table.length, np.int64), 1, ())
    columns = [table.column(name) for name in names]
    for place, column in enumerate(columns):
        flat, places = column.flatten()
        if len(places) == len(column) and not column.dictionary.has_multivalue:
            continue
        columns[:place] = [before.take(places) for before in columns[:place]]
        columns[place] = flat
        columns[place + 1 :] = [after.take(places) for after in columns[place + 1 :]]
        rows = rows[places]
    if not len(rows):
        return Groups(table, rows, np.zeros(0, np.int64), 0, tuple(column.take(rows) for column in columns))
    ids, firsts = combined(columns)
    return Groups(table, rows, ids, len(firsts), tuple(column.take(firsts) for column in columns))


def combined(columns: Sequence[Column]) -> tuple[Ids, Rows]:
    """Return a number for each row, equal where all texts are and in their order, from 0; and the first row of each."""
    if len(columns[0]) < SMALL:
        keys = list(zip(*(column.text_ids.tolist() for column in columns), strict=True))
        first_rows: dict[tuple[int, ...], int] = {}
        for row, key in enumerate(keys):
            first_rows.setdefault(key, row)
        ordered = sorted(first_rows)
        number = {key: place for place, key in enumerate(ordered)}
        return (
            np.fromiter((number[key] for key in keys), np.int64, len(keys)),
            np.fromiter((first_rows[key] for key in ordered), np.intp, len(ordered)),
        )
    ids = columns[0].text_ids
    size = int(ids.max(initial=0)) + 1
    for column in columns[1:]:
        other = column.text_ids
        width = int(other.max(initial=0)) + 1
        if size * width >= 2**62:
            used, ids = np.unique(ids, return_inverse=True)
            size = len(used)
        ids = ids * width + other
        size *= width
    _, firsts, numbers = np.unique(ids, return_index=True, return_inverse=True)
    return numbers.astype(np.int64), firsts


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column to sort by; `how` is `auto`, `num`, `str` or `ip`."""

    column: Column
    descending: bool = False
    how: str = "auto"


def sort_order(keys: Sequence[SortKey], length: int) -> Rows:
    """Return the rows in sorted order, equal ones in the order they had; missing values come last in both directions."""
    if not keys:
        return np.arange(length)
    ranks = []
    for key in keys:
        column = key.column.compact()
        of_value = _value_ranks(column.values, key.how)
        if key.descending:
            of_value = -of_value
        of_value[0] = len(of_value) + 1
        ranks.append(of_value[column.codes])
    order: Rows = np.lexsort(ranks[::-1])
    return order


def _value_ranks(values: list[Value], how: str) -> Ids:
    """Return each value's place from 1, equal for values that are equal in this order; the first (absent) is 0."""
    keys: list[tuple[int, float, str]] = [sort_value(value, how) for value in values[1:]]
    if how == "auto" and keys and all(key[0] for key in keys):
        addresses = [_address(shown(value)) for value in values[1:]]
        if None not in addresses:
            keys = [(*address, "") for address in addresses if address is not None]
    places = {key: place for place, key in enumerate(sorted(set(keys)), 1)}
    return np.array([0, *(places[key] for key in keys)], dtype=np.int64)


def sort_value(value: Value, how: str = "auto") -> tuple[int, float, str]:
    """Return what a value is ordered by: numbers by size before other texts in byte order."""
    text = shown(value)
    if how == "str":
        return (0, 0, text)
    if how == "ip":
        address = _address(text)
        return (2, 0, text) if address is None else (*address, "")
    number = number_of(value)
    return (1, 0, text if how == "auto" else "") if number is None else (0, number, "")


def _address(text: str) -> tuple[int, int] | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (address.version == 6, int(address))


def occurrence(ids: Ids) -> Ids:
    """Return for each row how many rows before it have the same id."""
    order = np.argsort(ids, kind="stable")
    sorted_ids = ids[order]
    starts = np.flatnonzero(np.concatenate((np.ones(min(1, len(ids)), np.bool_), sorted_ids[1:] != sorted_ids[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(ids)])))
    within = np.arange(len(ids)) - np.repeat(starts, lengths)
    result = np.empty(len(ids), np.int64)
    result[order] = within
    return result


def key_texts(table: Table, names: Sequence[str]) -> list[tuple[str, ...] | None]:
    """Return each row's texts of these fields, or None where one is absent: what joins compare."""
    columns = [table.column(name) for name in names]
    texts = [column.dictionary.texts for column in columns]
    codes = zip(*(column.codes.tolist() for column in columns), strict=True)
    return (
        [None if 0 in row else tuple(own[code] for own, code in zip(texts, row, strict=True)) for row in codes]
        if columns
        else [()] * table.length
    )
