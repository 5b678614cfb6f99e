"""The rows of a table are compared with a lookup: once for each distinct combination of the input fields' values.

Several rows that fit give multivalues in file order; a multivalue input is looked up value by value; a row that lacks an
input field is not looked up. Source: Search Reference, "lookup"; transforms.conf.spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.engine.column import absent, spread
from generator.engine.expr import distinct_inputs
from generator.engine.table import Table, from_rows
from generator.engine.values import elements, multivalue, number_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.engine.column import Column
    from generator.engine.contracts import LookupTable
    from generator.engine.values import Scalar, Value


def looked_up(
    table: Table, lookup: LookupTable, inputs: Sequence[tuple[str, str]], wanted: Sequence[str]
) -> dict[str, Column]:
    """Return columns of a lookup for each row of a table; `inputs` pair (lookup column, field of the table).

    Raises:
        RepositoryError: the lookup's file cannot be read.
    """
    given = [table.find(field) for _, field in inputs]
    if not table.length or any(column is None for column in given):
        return {name: absent(table.length) for name in wanted}
    compact = [column.compact() for column in given if column is not None]
    if lookup.is_timed:
        compact.append(table.column("_time").compact())
    ids, firsts = distinct_inputs(compact)
    combinations = zip(*(column.take(firsts).to_list() for column in compact), strict=True)
    columns = [column for column, _ in inputs]
    cells: dict[str, list[Value]] = {name: [] for name in wanted}
    for combination in combinations:
        at = number_of(combination[-1]) if lookup.is_timed else None
        matches = list(_matches(lookup, columns, combination[: len(columns)], at))
        for name, own in cells.items():
            own.append(multivalue(match[name] for match in matches if name in match))
    return {name: spread(own, ids) for name, own in cells.items()}


def _matches(
    lookup: LookupTable, columns: list[str], values: Sequence[Value], at: float | None
) -> Iterator[Mapping[str, str]]:
    for single in _singles(values):
        yield from lookup.find(dict(zip(columns, map(text_of, single), strict=True)), time=at)


def _singles(values: Sequence[Value]) -> Iterator[tuple[Scalar, ...]]:
    """Yield the combinations of single values; none where one is absent."""
    found: list[tuple[Scalar, ...]] = [()]
    for value in values:
        found = [(*before, one) for before in found for one in elements(value)]
    yield from found


def lookup_rows(lookup: LookupTable) -> Table:
    """Return the rows of a lookup as a table with its columns in their order. Raises as `looked_up`."""
    cache = lookup.cache
    if "table" not in cache:
        rows = lookup.rows()
        made = from_rows(rows)
        cache["table"] = Table(
            len(rows), {name: made.column(name) for name in dict.fromkeys((*lookup.fields, *made.names()))}
        )
    found: Table = cache["table"]
    return found
