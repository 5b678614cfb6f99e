"""Columns, tables and expressions: what is computed per distinct value is what each cell would give."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.engine import expr
from generator.engine.column import choose, concat, encode, unencoded
from generator.engine.table import Table, from_rows, over, stack
from generator.engine.values import elements, text_of

ENGINE = Engine(now=1_700_000_000)
SCALARS = st.one_of(st.sampled_from(["a", "b", "1", "2.0", ""]), st.integers(0, 3))
CELLS = st.one_of(st.none(), SCALARS, st.tuples(SCALARS, SCALARS))
COLUMNS = st.lists(CELLS, max_size=12)
EXPRESSIONS = st.sampled_from(
    ["f.g", "f+g", 'if(f=g, f, "x")', "coalesce(f, g)", "len(f)", "mvappend(f, g)", "case(isnull(f), g, true(), f*2)",
     'if(f IN (1, "a") AND NOT g=2, lower(g), null())']
)  # fmt: skip


@given(values=COLUMNS)
def test_a_column_gives_back_its_cells(values: list[object]) -> None:
    assert encode(values).to_list() == values
    assert unencoded(values).to_list() == values


@given(values=COLUMNS, data=st.data())
def test_taking_compacting_and_putting_together_keep_cells(values: list[object], data: st.DataObject) -> None:
    column = encode(values)
    rows = data.draw(st.lists(st.integers(0, max(0, len(values) - 1)), max_size=5 if values else 0))
    taken = column.take(np.array(rows, dtype=np.intp))
    assert taken.to_list() == [values[row] for row in rows]
    assert taken.compact().to_list() == taken.to_list()
    assert concat([taken, column]).to_list() == taken.to_list() + values
    mask = np.array([value is not None for value in values], dtype=np.bool_)
    assert choose(mask, column, encode(["other"] * len(values))).to_list() == [
        "other" if value is None else value for value in values
    ]


@given(values=COLUMNS)
def test_flattening_gives_every_value_with_its_row(values: list[object]) -> None:
    flat, rows = encode(values).flatten()
    expected = [(row, text_of(one)) for row, value in enumerate(values) for one in elements(value)]
    assert [(row, text_of(one)) for row, one in zip(rows.tolist(), flat.to_list(), strict=True)] == expected


@given(values=COLUMNS)
def test_text_ids_are_equal_for_equal_texts_and_in_their_order(values: list[object]) -> None:
    texts = [None if value is None else "\n".join(map(text_of, elements(value))) for value in values]
    ids = encode(values).text_ids.tolist()
    for one, other in zip(texts, ids, strict=True):
        assert (one is None) == (other == 0)
    pairs = [(text, number) for text, number in zip(texts, ids, strict=True) if text is not None]
    for text, number in pairs:
        for other_text, other_number in pairs:
            assert (text < other_text) == (number < other_number)


@settings(max_examples=200, deadline=None)
@given(expression=EXPRESSIONS, pairs=st.lists(st.tuples(CELLS, CELLS), max_size=12))
def test_expressions_over_distinct_inputs_are_those_of_each_row(
    expression: str, pairs: list[tuple[object, object]]
) -> None:
    rows = [{"f": one, "g": other} for one, other in pairs]
    search = f"eval x={expression} | table x"
    singly = [ENGINE.search(search, input=[row]).rows[0] for row in rows]
    before = expr.PER_ROW_BELOW
    try:
        for expr.PER_ROW_BELOW in (0, 1000):
            assert ENGINE.search(search, input=rows).rows == singly
    finally:
        expr.PER_ROW_BELOW = before


def test_a_table_over_a_source_reads_only_what_is_asked_for() -> None:
    asked: list[str] = []

    class Source:
        length = 3

        def names(self) -> list[str]:
            raise AssertionError("all names were asked for")

        def column(self, name: str):  # noqa: ANN202 - a column or none
            asked.append(name)
            return encode(["a", "b", None]) if name == "f" else None

    table = over(Source()).take(np.array([2, 0])).take(np.array([1]))
    assert table.column("f").to_list() == ["a"]
    assert table.find("g") is None
    assert table.without(["f"]).find("f") is None
    assert table.keep(["g"]).find("f") is None
    assert table.with_columns({"h": encode(["x"])}).take(np.array([0])).column("f").to_list() == ["a"]
    assert set(asked) == {"f", "g"}


def test_tables_are_stacked_by_name() -> None:
    first, second = from_rows([{"a": "1"}]), from_rows([{"b": "2", "a": ["3", "4"]}])
    assert stack([first, second, Table(0)]).rows() == [{"a": "1"}, {"b": "2", "a": ("3", "4")}]


def test_a_renamed_column_takes_the_place_of_one_with_the_name() -> None:
    table = from_rows([{"a": "1", "b": "2"}])
    assert table.rename({"a": "b"}).rows() == [{"b": "1"}]
    assert table.rename({"a": "b", "b": "a"}).rows() == [{"b": "1", "a": "2"}]
    assert table.rename({"nothing": "b"}).rows() == [{"a": "1"}]
