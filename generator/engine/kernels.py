"""Aggregates of all groups at once, over arrays; each gives what the accumulator of the same aggregation gives.

An aggregation names its kernel (`Aggregate.kernel`); a property test holds the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generator.engine.values import Value, finite, multivalue, number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from generator.engine.column import Column
    from generator.engine.groups import Groups

    Ids = npt.NDArray[np.int64]
    Kernel = Callable[["Flat"], Sequence[Value]]


class Flat:
    """The single values of a column in member order (`column`, without gaps), and the group of each (`ids`)."""

    def __init__(self, groups: Groups, column: Column) -> None:
        flat, rows = groups.members(column).flatten()
        self.groups = groups
        self.count = groups.count
        self.column = flat.compact()
        self.rows = rows
        self.ids: Ids = groups.ids[rows]


def _listed(counts: Ids) -> Sequence[Value]:
    found: list[Value] = counts.tolist()
    return found


def count(flat: Flat) -> Sequence[Value]:
    """Number of values."""
    return _listed(np.bincount(flat.ids, minlength=flat.count))


def _pairs(flat: Flat) -> tuple[Ids, Ids]:
    """Return the distinct pairs of group and text, sorted: the group of each and the text's rank."""
    ranks = flat.column.text_ids
    width = int(ranks.max(initial=0)) + 1
    pairs = np.unique(flat.ids * width + ranks)
    return pairs // width, pairs % width


def distinct_count(flat: Flat) -> Sequence[Value]:
    """Number of different texts."""
    owners, _ = _pairs(flat)
    return _listed(np.bincount(owners, minlength=flat.count))


def values(flat: Flat) -> Sequence[Value]:
    """Different texts of each group in byte order."""
    owners, ranks = _pairs(flat)
    dictionary = flat.column.dictionary
    texts: list[str] = [""] * (int(dictionary.ranks.max(initial=0)) + 1)
    for rank, text in zip(dictionary.ranks.tolist(), dictionary.texts, strict=True):
        texts[rank] = text
    found: list[list[str]] = [[] for _ in range(flat.count)]
    for owner, rank in zip(owners.tolist(), ranks.tolist(), strict=True):
        found[owner].append(texts[rank])
    return [multivalue(own) for own in found]


def total(flat: Flat) -> Sequence[Value]:
    """Sum of the numbers; nothing where there is none. Whole numbers are added as such."""
    numbers = flat.column.numbers
    there = ~np.isnan(numbers)
    counts = np.bincount(flat.ids[there], minlength=flat.count)
    sums = np.zeros(flat.count)
    with np.errstate(over="ignore", invalid="ignore"):  # a sum beyond all numbers is none: `finite`
        np.add.at(sums, flat.ids[there], numbers[there])
    return [finite(number) if known else None for number, known in zip(sums.tolist(), counts.tolist(), strict=True)]


def mean(flat: Flat) -> Sequence[Value]:
    """Mean of the numbers; nothing where there is none."""
    numbers = flat.column.numbers
    there = ~np.isnan(numbers)
    counts = np.bincount(flat.ids[there], minlength=flat.count).tolist()
    return [None if own is None else own / known for own, known in zip(total(flat), counts, strict=True)]


def _extreme(flat: Flat, *, largest: bool) -> Sequence[Value]:
    """Numbers by size, below every text; of equal ones the first."""
    dictionary = flat.column.dictionary
    own = flat.column.numbers
    if np.isnan(own).any():
        keys = [(0, 0.0, ""), *map(_key, dictionary.values[1:])]
        places = {key: float(place) for place, key in enumerate(sorted(set(keys)))}
        own = np.fromiter((places[key] for key in keys), np.float64, len(keys))[flat.column.codes]
    best = np.full(flat.count, -np.inf if largest else np.inf)
    (np.maximum if largest else np.minimum).at(best, flat.ids, own)
    # Of values that are equal (`1` and `1.0`) the group's first one is its result.
    winners = np.flatnonzero(own == best[flat.ids])
    return _at(flat, winners)


def _at(flat: Flat, places: npt.NDArray[np.intp]) -> Sequence[Value]:
    """Return for each group its value at the first of these places, nothing where it has none."""
    owners, firsts = np.unique(flat.ids[places], return_index=True)
    codes = np.zeros(flat.count, np.int32)
    codes[owners] = flat.column.codes[places[firsts]]
    values_ = flat.column.dictionary.values
    return [values_[code] for code in codes.tolist()]


def _key(value: Value) -> tuple[int, float, str]:
    number = number_of(value)
    return (2, 0.0, str(value)) if number is None else (1, number, "")


def largest(flat: Flat) -> Sequence[Value]:
    """Largest value."""
    return _extreme(flat, largest=True)


def smallest(flat: Flat) -> Sequence[Value]:
    """Smallest value."""
    return _extreme(flat, largest=False)


def _edge(flat: Flat, *, last: bool) -> Sequence[Value]:
    places = np.arange(len(flat.ids))
    return _at(flat, places[::-1] if last else places)


def first(flat: Flat) -> Sequence[Value]:
    """The value met first."""
    return _edge(flat, last=False)


def last(flat: Flat) -> Sequence[Value]:
    """The value met last."""
    return _edge(flat, last=True)


KERNELS: dict[str, Kernel] = {
    "count": count,
    "distinct_count": distinct_count,
    "values": values,
    "sum": total,
    "avg": mean,
    "max": largest,
    "min": smallest,
    "first": first,
    "last": last,
}
"""Name to kernel."""
