"""What is written comes back: times by their formats, JSON by its paths, numbers by `printf`; and nothing crashes."""

from __future__ import annotations

import json
import math
import sqlite3
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.engine.errors import SearchError
from generator.engine.values import number_of
from generator.functions import EVAL
from generator.functions.paths import (
    MISSING,
    extract,
    find_json,
    parse_path,
    read_json,
    read_xml,
    write_json,
)
from generator.functions.time import format_time, read_time

NOW = 1_700_000_000
ENGINE = Engine(now=NOW)
SECONDS = st.integers(0, 4_000_000_000)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1.5",
            "1e5",
            "abc",
            "{}",
            "[1,2]",
            '{"a":{"b":1}}',
            "<a><b>x</b></a>",
            "%d",
            "%Y",
            "-1d@d",
            "7d",
            "::1",
            "é\x00",
        ]
    ),
    st.text(max_size=6),
    st.integers(-3, 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.tuples(st.text(max_size=3), st.sampled_from(["1", "b"])),
)


@given(seconds=SECONDS)
def test_written_times_are_read_back(seconds: int) -> None:
    for form in (
        "%F %T",
        "%d/%b/%Y:%H:%M:%S %z",
        "%Y-%jT%H:%M:%S",
        "%s",
        "%c",
        "%m/%d/%Y %I:%M:%S %p",
        "%A, %B %e %Y %T %Z",
    ):
        text = format_time(seconds, form)
        assert text is not None
        assert read_time(text, form, NOW) == seconds, form


@given(seconds=SECONDS, millis=st.integers(0, 999))
def test_fractions_of_a_second_are_read_back(seconds: int, millis: int) -> None:
    text = format_time(seconds + millis / 1000, "%FT%T.%6N%:z")
    assert text is not None
    found = read_time(text, "%FT%T.%6N%:z", NOW)
    assert found is not None
    assert math.isclose(found, seconds + millis / 1000, abs_tol=2e-6)


@given(
    seconds=st.integers(-60_000_000_000, 200_000_000_000),
    form=st.lists(
        st.sampled_from(["%Y", "%%F", "%F", "%c", "%Z%z", "%%", "%V", "%", "%e", "%q", " x", "%y"]), max_size=4
    ).map("".join),
)
def test_the_fast_way_of_writing_times_gives_the_same(seconds: int, form: str) -> None:
    assert format_time(seconds, form + "%s") == f"{format_time(seconds, form)}{seconds}" or form.endswith("%")


@given(text=st.text(max_size=20), form=st.text(max_size=10))
def test_no_text_or_format_breaks_the_reading_of_times(text: str, form: str) -> None:
    read_time(text, form, NOW)
    read_time(text, f"%Y{form}%S", NOW)


@given(document=JSON)
def test_json_is_written_as_it_was_read(document: Any) -> None:
    assert json.loads(write_json(document)) == document
    again = read_json(write_json(document))
    assert again == document


@given(
    document=JSON,
    path=st.lists(st.sampled_from(["a", "b.c", "{}", "{0}", "{1}", ".x", "{@y}"]), max_size=4).map("".join),
)
def test_a_path_finds_what_stands_there(document: Any, path: str) -> None:
    steps = parse_path(path)
    if steps is None:
        return
    for one in find_json(document, steps):
        write_json(one)
    extract(write_json(document), path)


@given(text=st.text(alphabet="{}[]\",:.0123eE+-ntrufals \\<>&/='ab@!", max_size=30))
def test_no_text_breaks_json_and_xml(text: str) -> None:
    document = read_json(text)
    if document is not MISSING:
        assert read_json(write_json(document)) == document
    read_xml(text)
    extract(text, "a{}.b{@c}")
    parse_path(text)


@given(text=st.text(max_size=8), start=st.integers(-12, 12), length=st.one_of(st.none(), st.integers(-12, 12)))
def test_parts_of_texts_are_those_of_sqlite(text: str, start: int, length: int | None) -> None:
    if "\x00" in text:
        return
    substr = EVAL["substr"].call
    assert substr is not None
    database = sqlite3.connect(":memory:")
    given_ = (text, start) if length is None else (text, start, length)
    (expected,) = database.execute(f"select substr({','.join('?' * len(given_))})", given_).fetchone()
    database.close()
    assert substr(*given_) == expected


@given(number=st.integers(-(10**15), 10**15), flags=st.sets(st.sampled_from("-+0 ")), width=st.integers(0, 20))
def test_whole_numbers_are_printed_as_python_prints_them(number: int, flags: set[str], width: int) -> None:
    printf = EVAL["printf"].call
    assert printf is not None
    form = f"%{''.join(sorted(flags))}{width or ''}d"
    assert printf(form, number) == form % number


@given(
    number=st.floats(-1e15, 1e15),
    flags=st.sets(st.sampled_from("-+0 #")),
    width=st.integers(0, 20),
    precision=st.integers(0, 12),
    kind=st.sampled_from("eEfFgG"),
)
def test_fractions_are_printed_as_python_prints_them(
    number: float, flags: set[str], width: int, precision: int, kind: str
) -> None:
    printf = EVAL["printf"].call
    assert printf is not None
    form = f"%{''.join(sorted(flags))}{width or ''}.{precision}{kind}"
    assert printf(form, number) == form % number


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_hexadecimal_fractions_are_exact(number: float) -> None:
    printf = EVAL["printf"].call
    assert printf is not None
    made = printf("%a", number)
    assert float.fromhex(made) == number


@settings(deadline=None, max_examples=150)
@given(cells=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4))
def test_no_values_break_a_function(cells: list[tuple[Any, Any, Any]]) -> None:
    """A value that is no regular expression, where one is asked for, is an error of the search with its reason."""
    for name, signature in EVAL.items():
        if signature.build is not None and name in {"lookup", "searchmatch", "mvmap", "mvfilter", "commands"}:
            continue
        count = max(signature.min_args, 3 if signature.max_args is None else min(signature.max_args, 3))
        count += (count - signature.min_args) % signature.step
        arguments = ",".join("xyz"[place % 3] for place in range(count))
        call = f"{name}({arguments})"
        if signature.result == "Boolean":
            call = f"tostring({call})"
        rows = [dict(zip("xyz", row, strict=True)) for row in cells]
        try:
            found = ENGINE.search(f"eval r={call} | table r", input=rows).rows
        except SearchError as error:
            if "Regex: " in str(error):
                continue
            raise
        assert len(found) == len(rows), name
        for row in found:
            assert all(one is not None for one in row.values())


@given(value=st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_survive_their_text(value: float) -> None:
    tostring = EVAL["tostring"].call
    assert tostring is not None
    assert number_of(tostring(value)) == value
