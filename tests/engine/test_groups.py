"""Groups, sort orders and aggregates against plain Python over rows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.engine.aggregation import accumulated
from generator.engine.column import encode
from generator.engine.groups import SortKey, combined, group, key_texts, occurrence, sort_order, sort_value
from generator.engine.kernels import KERNELS, Flat
from generator.engine.table import Table
from generator.engine.values import elements, text_of
from generator.functions.aggregate import SIGNATURES

SCALARS = st.one_of(st.sampled_from(["a", "B", "1", "2.5", "10", ""]), st.integers(-2, 3), st.sampled_from([0.5, 2.25]))
CELLS = st.one_of(st.none(), SCALARS, st.tuples(SCALARS, SCALARS))
KEYS = st.one_of(st.none(), st.sampled_from(["x", "y", "1", 1]), st.just(("x", "y")))
ROWS = st.lists(st.tuples(KEYS, KEYS, CELLS), max_size=15)
WITH_KERNEL = [one for one in SIGNATURES if one.aggregate is not None and one.aggregate.kernel]


def _table(rows: list[tuple[object, object, object]]) -> Table:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return Table(len(rows), {name: encode(column) for name, column in zip("kjv", columns, strict=True)})


@settings(deadline=None)
@given(rows=ROWS)
def test_groups_are_the_combinations_of_values_in_byte_order(rows: list[tuple[object, object, object]]) -> None:
    groups = group(_table(rows), ["k", "j"])
    expected: dict[tuple[str, str], list[int]] = {}
    for number, (first, second, _) in enumerate(rows):
        for one in elements(first):
            for other in elements(second):
                expected.setdefault((text_of(one), text_of(other)), []).append(number)
    keys = [
        tuple(text_of(cell) for cell in cells) for cells in zip(*(key.to_list() for key in groups.keys), strict=True)
    ]
    assert keys == sorted(expected)
    found: list[list[int]] = [[] for _ in keys]
    for row, owner in zip(groups.rows.tolist(), groups.ids.tolist(), strict=True):
        found[owner].append(row)
    assert found == [expected[key] for key in keys]


@pytest.mark.parametrize("signature", WITH_KERNEL, ids=[one.name for one in WITH_KERNEL])
@settings(deadline=None)
@given(rows=ROWS)
def test_a_kernel_gives_what_the_accumulator_gives(signature, rows) -> None:  # noqa: ANN001 - parametrised
    table = _table(rows)
    flat = Flat(group(table, ["k"]), table.column("v"))
    one_by_one = list(accumulated(signature.aggregate, None, flat))
    at_once = list(KERNELS[signature.aggregate.kernel](flat))
    assert [tuple(map(text_of, elements(value))) for value in at_once] == [
        tuple(map(text_of, elements(value))) for value in one_by_one
    ]


def test_every_kernel_belongs_to_an_aggregation() -> None:
    assert {one.aggregate.kernel for one in WITH_KERNEL} == set(KERNELS)


@settings(deadline=None)
@given(rows=ROWS, descending=st.booleans(), how=st.sampled_from(["auto", "str", "num", "ip"]))
def test_rows_are_sorted_stably_with_missing_values_last(rows, descending, how) -> None:  # noqa: ANN001 - drawn
    values = [row[2] for row in rows]
    there = [row for row, value in enumerate(values) if value is not None]
    expected = sorted(there, key=lambda row: sort_value(values[row], how), reverse=descending)
    if descending:  # equal ones keep their order, which `reverse` of a stable sort does as well
        assert expected == sorted(there, key=lambda row: sort_value(values[row], how), reverse=True)
    expected += [row for row, value in enumerate(values) if value is None]
    assert sort_order([SortKey(encode(values), descending, how)], len(values)).tolist() == expected


@given(rows=ROWS)
def test_occurrence_counts_equal_ones_before(rows: list[tuple[object, object, object]]) -> None:
    table = _table(rows)
    ids, _ = combined([table.column("k"), table.column("j")])
    numbers = ids.tolist()
    assert occurrence(ids).tolist() == [numbers[:row].count(number) for row, number in enumerate(numbers)]


def test_join_keys_need_every_field() -> None:
    table = _table([("x", 1, None), ("x", None, None), (1, "1", None)])
    assert key_texts(table, ["k", "j"]) == [("x", "1"), None, ("1", "1")]
