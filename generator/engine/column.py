"""A column of cells: its distinct values as plain Python values, and an array of codes.

Code 0 is the absent cell, always (`values[0] is None`). What is derived from values (text, number, byte rank, lower
text, results of comparisons) is computed once per distinct value, lazily, and shared by all columns that share the
dictionary: filtering, sorting and renaming only touch codes. Values need not be distinct (times are not encoded); nothing
relies on it but speed, since grouping goes by text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from generator.engine.values import Scalar, Value, elements, number_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    Codes = npt.NDArray[np.int32]
    Rows = npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

SMALL = 200
"""Below this many rows plain Python is faster than NumPy's calls."""


class Dictionary:
    """The values of a column by code, and what was derived from them.

    `cache` holds what other modules derive (leaves of filters, text to search in) under a key of their own.
    """

    __slots__ = ("_has_multivalue", "_numbers", "_ranks", "_texts", "cache", "values")

    def __init__(self, values: list[Value]) -> None:
        self.values = values
        self.cache: dict[Any, Any] = {}
        self._texts: list[str] | None = None
        self._numbers: Floats | None = None
        self._ranks: npt.NDArray[np.int64] | None = None
        self._has_multivalue: bool | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def has_multivalue(self) -> bool:
        """Whether some value is a multivalue."""
        if self._has_multivalue is None:
            self._has_multivalue = any(type(value) is tuple for value in self.values)
        return self._has_multivalue

    @property
    def texts(self) -> list[str]:
        """Each value as one text (`shown`)."""
        if self._texts is None:
            self._texts = [value if type(value) is str else shown(value) for value in self.values]
        return self._texts

    @property
    def numbers(self) -> Floats:
        """Each value as number, NaN where it is none."""
        if self._numbers is None:
            numbers = [number_of(value) for value in self.values]
            self._numbers = np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)
        return self._numbers

    @property
    def ranks(self) -> npt.NDArray[np.int64]:
        """Each value's place in the byte order of all texts, equal for equal texts; the absent one is 0, others from 1."""
        if self._ranks is None:
            texts = self.texts
            place = {text: number for number, text in enumerate(sorted(set(texts[1:])), 1)}
            self._ranks = np.fromiter((place[text] for text in texts[1:]), np.int64, len(texts) - 1)
            self._ranks = np.concatenate((np.zeros(1, np.int64), self._ranks))
        return self._ranks


_NOTHING = Dictionary([None])


class Column:
    """Immutable cells. `codes` index into `dictionary.values`."""

    __slots__ = ("_compact", "codes", "dictionary")

    def __init__(self, dictionary: Dictionary, codes: Codes) -> None:
        self.dictionary = dictionary
        self.codes = codes
        self._compact: Column | None = None

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def values(self) -> list[Value]:
        """The values by code."""
        return self.dictionary.values

    @property
    def present(self) -> Mask:
        """Which cells are there."""
        found: Mask = self.codes != 0
        return found

    def __getitem__(self, row: int) -> Value:
        return self.dictionary.values[int(self.codes[row])]

    def to_list(self) -> list[Value]:
        """Return all cells in row order."""
        values = self.dictionary.values
        return [values[code] for code in self.codes.tolist()]

    def take(self, rows: Rows | Mask) -> Column:
        """Return the cells of these rows (indexes in any order, or a mask)."""
        return Column(self.dictionary, self.codes[rows])

    def compact(self) -> Column:
        """Return an equal column whose dictionary holds little more than the values in use."""
        if len(self.codes) >= len(self.dictionary.values):
            return self
        if self._compact is None and len(self.codes) < SMALL:
            known = {0: 0}
            renumbered = [known.setdefault(code, len(known)) for code in self.codes.tolist()]
            values = self.dictionary.values
            self._compact = Column(Dictionary([values[code] for code in known]), np.array(renumbered, dtype=np.int32))
        if self._compact is None:
            used, codes = np.unique(self.codes, return_inverse=True)
            values = self.dictionary.values
            kept = [values[code] for code in used.tolist()]
            if len(used) and used[0] == 0:
                self._compact = Column(Dictionary(kept), codes.astype(np.int32))
            else:
                self._compact = Column(Dictionary([None, *kept]), (codes + 1).astype(np.int32))
        return self._compact

    def map(self, function: Callable[[Value], Value]) -> Column:
        """Return the column of a function of each cell, run once per distinct value, for the absent one too."""
        source = self.compact()
        results = [function(value) for value in source.dictionary.values]
        return spread(results, source.codes)

    def test(self, predicate: Callable[[Value], bool]) -> Mask:
        """Return for which cells a predicate holds, asked once per distinct value."""
        source = self.compact()
        found = np.fromiter(map(predicate, source.dictionary.values), np.bool_, len(source.dictionary))
        result: Mask = found[source.codes]
        return result

    @property
    def numbers(self) -> Floats:
        """Each cell as number, NaN where it is none."""
        source = self.compact()
        result: Floats = source.dictionary.numbers[source.codes]
        return result

    @property
    def text_ids(self) -> npt.NDArray[np.int64]:
        """A number for each cell, equal for equal texts and in their byte order; 0 = absent."""
        source = self.compact()
        result: npt.NDArray[np.int64] = source.dictionary.ranks[source.codes]
        return result

    def flatten(self) -> tuple[Column, Rows]:
        """Return the single values of all cells in row order as a column without gaps, and the row of each."""
        if not self.dictionary.has_multivalue:
            rows = np.flatnonzero(self.codes)
            return (self if len(rows) == len(self.codes) else self.take(rows)), rows
        known: dict[Scalar | None, int] = {None: 0}
        parts = [[known.setdefault(one, len(known)) for one in elements(value)] for value in self.compact().values]
        counts = np.fromiter(map(len, parts), np.intp, len(parts))
        compact = self.compact().codes
        rows = np.repeat(np.arange(len(self.codes)), counts[compact])
        codes = np.array([code for cell in compact.tolist() for code in parts[cell]], dtype=np.int32)
        return Column(Dictionary(list(known)), codes), rows


def encode(values: Iterable[Value]) -> Column:
    """Make a column of cells."""
    known: dict[Value, int] = {None: 0}
    codes = [known.setdefault(value, len(known)) for value in values]
    return Column(Dictionary(list(known)), np.array(codes, dtype=np.int32))


def unencoded(values: Sequence[Value]) -> Column:
    """Make a column of cells that are nearly all different (times, raw texts), without looking for equal ones."""
    codes = np.arange(1, len(values) + 1, dtype=np.int32)
    if None in values:
        codes[[row for row, value in enumerate(values) if value is None]] = 0
    return Column(Dictionary([None, *values]), codes)


def constant(value: Value, length: int) -> Column:
    """Make a column with the same cell everywhere."""
    if value is None:
        return absent(length)
    return Column(Dictionary([None, value]), np.ones(length, np.int32))


def absent(length: int) -> Column:
    """Make a column without any value."""
    return Column(_NOTHING, np.zeros(length, np.int32))


def spread(results: Sequence[Value], codes: npt.NDArray[Any]) -> Column:
    """Make a column of results that were computed per code."""
    known: dict[Value, int] = {None: 0}
    remap = np.array([known.setdefault(result, len(known)) for result in results], dtype=np.int32)
    return Column(Dictionary(list(known)), remap[codes])


def concat(columns: Sequence[Column]) -> Column:
    """Put columns one below the other."""
    if len(columns) == 1:
        return columns[0]
    first = columns[0].dictionary
    if all(column.dictionary is first for column in columns):
        return Column(first, np.concatenate([column.codes for column in columns]))
    known: dict[Value, int] = {None: 0}
    codes = []
    for column in columns:
        source = column.compact()
        remap = np.array([known.setdefault(value, len(known)) for value in source.values], dtype=np.int32)
        codes.append(remap[source.codes])
    return Column(Dictionary(list(known)), np.concatenate(codes))


def choose(mask: Mask, yes: Column, no: Column) -> Column:
    """Return the cells of `yes` where the mask holds, else those of `no`."""
    if mask.all():
        return yes
    if not mask.any():
        return no
    both = concat((yes, no))
    length = len(mask)
    return Column(both.dictionary, np.where(mask, both.codes[:length], both.codes[length:]))
