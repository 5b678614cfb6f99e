"""Aggregates in two directions: rows by the values of one field, columns by those of another (`chart`, `timechart`).

Which series become columns: the best ones by the sum of what they hold, or those that a condition chooses. The others go
together into one (`OTHER`), which is computed from their rows, not from their results; rows without the field make one of
their own (`NULL`). A cell without rows holds what the aggregation gives for nothing: 0 for counts, else no value.

Source: Search Reference, "chart" and "timechart" (limit, agg, where, useother, usenull, otherstr, nullstr, sep, format).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.aggregation import Measure, results
from generator.engine.column import Column, encode, spread
from generator.engine.groups import Groups, SortKey, combined, group, sort_order
from generator.engine.table import Table
from generator.engine.values import Value, elements, multivalue, number_of, shown, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from generator.engine.contracts import Aggregate

_ROW, _SERIES = "row", "series"


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """Which series become columns, and how they are called.

    `limit`: how many (0 = all), the worst ones with `worst`. `rank` makes the score of a series from its cells (the sum by
    default), `keeps` decides alone where it is given: it gets the scores and gives the series that stay.
    """

    limit: int = 10
    worst: bool = False
    rank: tuple[Aggregate, float | None] | None = None
    keeps: Callable[[Mapping[str, float]], set[str]] | None = None
    use_other: bool = True
    use_null: bool = True
    other: str = "OTHER"
    null: str = "NULL"
    form: str = "$AGG$: $VAL$"
    several: bool = False


def nothing(measure: Measure) -> Value:
    """Return what a measure gives for no rows."""
    return 0 if measure.argument is None else measure.aggregate.start(measure.number).result()


def row_keys(rows: Column, wanted: Sequence[Value] | None) -> tuple[list[Value], dict[str, int]]:
    """Return the keys of the rows in order, and the place of each text: all that occur, sorted, or those that are wanted."""
    if wanted is None:
        flat, _ = rows.flatten()
        if not len(flat):
            return [], {}
        _, firsts = combined([flat])
        distinct = flat.take(firsts)
        order = sort_order([SortKey(distinct)], len(distinct))
        keys = distinct.take(order).to_list()
    else:
        keys = list(wanted)
    return keys, {shown(key): place for place, key in enumerate(keys)}


def by_rows(
    table: Table, rows: Column, wanted: Sequence[Measure], keys: Sequence[Value], places: Mapping[str, int]
) -> dict[str, Column]:
    """Return one column a measure, one cell a row key."""
    groups = group(Table(table.length, {_ROW: rows, "_time": table.column("_time")}), [_ROW])
    at = [places.get(shown(key), -1) for key in groups.keys[0].to_list()] if groups.count else []
    made = {}
    for measure in wanted:
        cells: list[Value] = [nothing(measure)] * len(keys)
        for place, value in zip(at, results(measure, groups), strict=True):
            if place >= 0:
                cells[place] = value
        made[measure.output] = encode(cells)
    return made


def by_rows_and_series(
    table: Table,
    rows: Column,
    series: Column,
    wanted: Sequence[Measure],
    *,
    keys: Sequence[Value],
    places: Mapping[str, int],
    choice: SeriesChoice,
) -> dict[str, Column]:
    """Return the columns of all series, in the order of their names, `NULL` and `OTHER` last."""
    named = series.map(lambda cell: choice.null if cell is None else cell) if choice.use_null else series
    groups = _groups(table, rows, named)
    kept = _kept(wanted, groups, choice) if groups.count and wanted else set()
    everything = {shown(one) for cell in series.compact().values for one in elements(cell)}
    # A value that is spelled like the name for missing ones is the same series.
    null = {choice.null} if choice.use_null and choice.null not in everything and not series.present.all() else set()
    if kept is not None:
        kept |= null
        other = choice.other if choice.use_other else None

        def renamed(cell: Value) -> Value:
            names = (text_of(one) if text_of(one) in kept else other for one in elements(cell))
            return multivalue(dict.fromkeys(name for name in names if name is not None))

        groups = _groups(table, rows, named.map(renamed))
    names = sorted({shown(key) for key in groups.keys[1].to_list()}) if groups.count else []
    last = [*null, *((choice.other,) if kept is not None and choice.other not in everything else ())]
    names = [name for name in names if name not in last] + [name for name in last if name in names]
    made: dict[str, Column] = {}
    pairs = list(zip(*(map(shown, column.to_list()) for column in groups.keys), strict=True)) if groups.count else []
    for measure in wanted:
        empty = nothing(measure)
        cells: dict[str, list[Value]] = {name: [empty] * len(keys) for name in names}
        for (row, name), value in zip(pairs, results(measure, groups), strict=True):
            if row in places:
                cells[name][places[row]] = value
        for name in names:
            output = name
            if len(wanted) > 1 or choice.several:
                output = choice.form.replace("$AGG$", measure.output).replace("$VAL$", name)
            made[output] = encode(cells[name])
    return made


def _groups(table: Table, rows: Column, series: Column) -> Groups:
    return group(Table(table.length, {_ROW: rows, _SERIES: series, "_time": table.column("_time")}), [_ROW, _SERIES])


def _kept(wanted: Sequence[Measure], groups: Groups, choice: SeriesChoice) -> set[str] | None:
    """Return the series that become columns of their own, or None where all do."""
    if choice.keeps is None and choice.limit <= 0:
        return None
    cells: dict[str, list[Value]] = {}
    for name, value in zip(groups.keys[1].to_list(), results(wanted[0], groups), strict=True):
        cells.setdefault(shown(name), []).append(value)
    if choice.use_null:
        cells.pop(choice.null, None)
    if choice.keeps is None and len(cells) <= choice.limit:
        return None
    scores = {name: _score(values, choice) for name, values in cells.items()}
    if choice.keeps is not None:
        return choice.keeps(scores)
    return set(best(scores, choice.limit, worst=choice.worst))


def _score(values: Sequence[Value], choice: SeriesChoice) -> float:
    if choice.rank is None:
        return sum(number for value in values if (number := number_of(value)) is not None)
    aggregate, number = choice.rank
    accumulator = aggregate.start(number)
    for value in values:
        for one in elements(value):
            accumulator.add(one, None)
    found = number_of(accumulator.result())
    return 0 if found is None else found


def best(scores: Mapping[str, float], count: int, *, worst: bool = False) -> list[str]:
    """Return the names with the largest scores (or smallest), of equal ones those that come first by name."""
    return sorted(scores, key=lambda name: (scores[name] if worst else -scores[name], name))[:count]


def read_limit(text: str) -> tuple[int, bool] | None:
    """Return how many series `10`, `top10` or `bottom5` mean, and whether the worst ones; None where it is none."""
    match = re.fullmatch(r"\s*(top|bottom)?\s*(\d{1,9})\s*", text.lower())
    return None if match is None else (int(match[2]), match[1] == "bottom")


def without_repeats(column: Column) -> Column:
    """Return a column whose multivalues hold each text once (`dedup_splitvals`)."""
    source = column.compact()
    return spread(
        [multivalue({text_of(one): one for one in elements(cell)}.values()) for cell in source.values], source.codes
    )
