"""What rules read from data files: nothing in a file makes them crash, and places stay inside of it."""

from __future__ import annotations

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.model import Dialect, Document, Kind, Lookup
from generator.rules.dep.versions import parse_version
from generator.rules.dsh.json_places import find_key
from generator.rules.lkp.matching import match_types
from generator.rules.lkp.table import byte_span, decode, header, line_span, rows
from generator.rules.ref.names import split_sources

CELLS = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_text_or_none_and_rows_on_rising_lines(content: bytes) -> None:
    text = decode(content)
    if text is None:
        return
    lines = [row.line for row in rows(text)]
    assert lines == sorted(set(lines))
    assert all(isinstance(name, str) for name in header(text))
    for line in lines:
        assert line_span("a.csv", text, line).line == line


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_written_rows_come_back(table: list[tuple[str, str]]) -> None:
    text = "".join(f'"{a.replace(chr(34), chr(34) * 2)}","{b.replace(chr(34), chr(34) * 2)}"\n' for a, b in table)
    assert [tuple(row.cells) for row in rows(text)] == table


def test_a_cell_that_is_too_long_stops_the_reading_behind_the_rows_before_it() -> None:
    table = rows("a,b\n1," + "x" * 200_000 + "\n")
    assert next(table).cells == ["a", "b"]
    with pytest.raises(csv.Error, match="larger"):
        next(table)


@given(st.binary(min_size=1, max_size=200), st.integers(0, 199))
def test_a_byte_has_a_line_and_a_column(content: bytes, offset: int) -> None:
    span = byte_span("a.csv", content, min(offset, len(content) - 1))
    assert span.line >= 1
    assert span.col >= 1


@given(st.dictionaries(st.text(max_size=8), st.recursive(st.none() | st.text(max_size=8), st.lists, max_leaves=5)))
def test_a_top_level_key_is_found_where_it_is_written(value: dict[str, object]) -> None:
    text = json.dumps({"inner": {"title": 1}, **value, "title": "x"})
    start, end = find_key(text, "title")
    assert text[start:end] == '"title"'
    assert json.loads("{" + text[start:].rsplit("}", 1)[0] + "}")["title"] == json.loads(text)["title"]


@given(st.text(max_size=80))
def test_parts_of_a_data_source_are_where_they_are_said_to_be(text: str) -> None:
    for name, start, end in split_sources(text):
        assert text[start:end] == name


@given(st.text("WILDCARDIEXT()[], ab", max_size=40))
def test_entries_of_a_match_type_are_where_they_are_said_to_be(text: str) -> None:
    document = Document("lookups/a.yml", "", {"match_type": text}, Kind.LOOKUP, Dialect.V4)
    for match in match_types(Lookup(document=document)):
        assert text[match.start : match.end] == match.text
        if match.field is not None:
            assert text[match.field_start : match.field_start + len(match.field)] == match.field


@given(st.text(max_size=30))
def test_a_version_has_three_numbers_or_is_none(text: str) -> None:
    version = parse_version(text)
    assert version is None or (len(version) == 3 and all(number >= 0 for number in version))
