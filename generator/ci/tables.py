"""Two versions of a lookup's CSV become the rows and columns that came and went.

Rows are compared as a bag: order does not matter, repeated rows count. Where the columns differ, rows are compared by the
columns that both have, so that a new column is not a thousand changed rows.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from generator.ci.diffmodel import TableChange, What

if TYPE_CHECKING:
    from collections.abc import Iterable

    Rows = list[tuple[str, ...]]

SHOWN_ROWS = 50
_MAX_CELL = 16 * 1024 * 1024


def compare_tables(name: str, file: str, before: bytes | None, after: bytes | None) -> TableChange | None:
    """Return what differs between two CSV files (None for one that is not there), or None when nothing does.

    A file that is no CSV (binary, an unclosed quote) is compared as a whole: then no rows are given.
    """
    if before == after:
        return None
    what = What.NEW if before is None else What.GONE if after is None else What.CHANGED
    old, new = _read(before), _read(after)
    if old is None or new is None:
        return TableChange(name, file, what)
    old_columns, new_columns = old[0] if old else (), new[0] if new else ()
    old_rows, new_rows = old[1:], new[1:]
    if old and new and old_columns != new_columns:
        both = [column for column in old_columns if column in new_columns]
        old_rows, new_rows = _only(old_columns, both, old_rows), _only(new_columns, both, new_rows)
    old_bag, new_bag = Counter(old_rows), Counter(new_rows)
    added, removed = new_bag - old_bag, old_bag - new_bag
    if not added and not removed and old_columns == new_columns and what is What.CHANGED:
        return None  # line ends or the order of rows
    return TableChange(
        name,
        file,
        what,
        old_columns,
        new_columns,
        tuple(islice(_in_order(new_rows, added), SHOWN_ROWS)),
        tuple(islice(_in_order(old_rows, removed), SHOWN_ROWS)),
        added.total(),
        removed.total(),
    )


def _read(data: bytes | None) -> Rows | None:
    if data is None:
        return []
    try:
        text = data.decode("utf-8-sig")
        csv.field_size_limit(_MAX_CELL)
        return [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        return None


def _only(columns: tuple[str, ...], wanted: list[str], rows: Rows) -> Rows:
    places = [columns.index(column) for column in wanted]
    return [tuple(row[place] if place < len(row) else "" for place in places) for row in rows]


def _in_order(rows: Rows, counted: Counter[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    left = counted.copy()
    for row in rows:
        if left[row] > 0:
            left[row] -= 1
            yield row
