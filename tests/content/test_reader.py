"""The YAML reader: what each kind of bad file is told, and where; values as PyYAML's safe_load gives them."""

from __future__ import annotations

import datetime
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator.base.source import SourceFile
from generator.content.model import Problem
from generator.content.reader import MAX_BYTES, read, read_limited

if TYPE_CHECKING:
    from pathlib import Path

# raw bytes, then each problem as (kind, line, column). Truth: the YAML 1.1 specification, and what an editor shows at
# the place where the mistake was made.
BAD = {
    "empty": (b"", [("file-empty", 1, 1)]),
    "only white space": (b" \n\n", [("file-empty", 1, 1)]),
    "only comments": (b"# nothing\n  # here\n", [("file-empty", 1, 1)]),
    "byte order mark": (b"\xef\xbb\xbfname: x\n", [("file-bom", 1, 1)]),
    "UTF-16 with mark": ("name: x\n".encode("utf-16"), [("file-encoding", 1, 1)]),
    "UTF-16 without mark": ("name: x\n".encode("utf-16-le"), [("file-encoding", 1, 1)]),
    "Latin-1": ("a: b\nauthor: José\n".encode("latin-1"), [("file-encoding", 2, 12)]),
    "update marker": (b"name: x\nsearch: __UPDATE__ me\n", [("file-update-marker", 2, 9)]),
    "top level is a list": (b"- a\n- b\n", [("yaml-not-mapping", 1, 1)]),
    "top level is text": (b"# c\nhello\n", [("yaml-not-mapping", 2, 1)]),
    "two documents": (b"a: 1\n---\nb: 2\n", [("yaml-multiple-documents", 2, 1)]),
    "tab indents a key": (b"a:\n\tb: 1\n", [("yaml-tab", 2, 1)]),
    "tab after spaces": (b"a:\n  b: 1\n \tc: 1\n", [("yaml-tab", 3, 2)]),
    "duplicate key": (b"a: 1\nb: 2\na: 3\n", [("yaml-duplicate-key", 3, 1)]),
    "duplicate key below": (b"t:\n  a: 1\n  a: 3\n", [("yaml-duplicate-key", 3, 3)]),
    "single quote never closed": (b"name: 'x\nid: 1\n", [("yaml-syntax", 1, 7)]),
    "quote closed by a later one": (b"a: 1\nname: 'x\nid: 'y'\n", [("yaml-syntax", 2, 7)]),
    "double quote never closed": (b'a: 1\nname: "x\nid: 2\n', [("yaml-syntax", 2, 7)]),
    "colon in plain text": (b"a: b: c\n", [("yaml-syntax", 1, 5)]),
    "backtick begins a value": (b"search: `x` y\n", [("yaml-syntax", 1, 9)]),
    "escape that is none": (b'path: "C:\\Windows"\n', [("yaml-syntax", 1, 10)]),
    "control character": (b"a: x\x01\n", [("yaml-syntax", 1, 5)]),
    "NUL": (b"a: x\x00\n", [("yaml-syntax", 1, 5)]),
    "undefined alias": (b"a: *b\n", [("yaml-alias", 1, 4)]),
    "alias in itself": (b"a: &x [*x]\n", [("yaml-alias", 1, 4)]),
    "list as a key": (b"[a, b]: 1\n", [("yaml-key", 1, 1)]),
    "merge of text": (b"<<: x\n", [("yaml-merge", 1, 5)]),
    "foreign tag": (b"a: !!python/name:os.system x\n", [("yaml-tag", 1, 4)]),
    "binary": (b"a: !!binary aGVsbG8=\n", [("yaml-tag", 1, 4)]),
    "day that does not exist": (b"a: 2024-02-30\n", [("yaml-value", 1, 4)]),
    "several at once": (
        b"\xef\xbb\xbfa: 1\na: 2\nb: !x y\n",
        [("file-bom", 1, 1), ("yaml-duplicate-key", 2, 1), ("yaml-tag", 3, 4)],
    ),
}


def places(raw: bytes) -> list[tuple[str, int, int]]:
    return [(p.kind, *SourceFile(p.path, p.text).line_col(p.start)) for p in read("x.yml", raw).problems]


@pytest.mark.parametrize(("raw", "expected"), BAD.values(), ids=BAD)
def test_bad_file_is_told_its_kind_and_place(raw: bytes, expected: list[tuple[str, int, int]]) -> None:
    assert places(raw) == expected


@pytest.mark.parametrize(("raw", "expected"), BAD.values(), ids=BAD)
def test_every_problem_says_what_to_do(raw: bytes, expected: list[tuple[str, int, int]]) -> None:
    problems = read("x.yml", raw).problems
    assert len(problems) == len(expected)
    for problem in problems:
        assert problem.hint
        assert not problem.message.endswith(".")
        assert problem.path == "x.yml"


def test_latin_1_file_names_the_byte_and_is_read_all_the_same() -> None:
    file = read("x.yml", "author: José\n".encode("latin-1"))
    assert "byte 12 is 0xE9" in file.problems[0].message
    assert file.data == {"author": "José"}


def test_duplicate_key_keeps_the_last_value_as_pyyaml_does() -> None:
    assert read("x.yml", b"a: 1\na: 2\n").data == {"a": 2}


# What PyYAML 6 loads from each (YAML 1.1 implicit types).
VALUES = (
    "a: 2024-10-17\nb: '2024-10-17'\nc: 2024-10-17T10:00:00Z\n",
    "a: yes\nb: NO\nc: on\nd: 'yes'\ne: y\n",
    "a: 010\nb: 0x1F\nc: 1:30\nd: 1_000\ne: 0b11\nf: 1e3\ng: 1.5e3\nh: .inf\n",
    "a: ~\nb:\nc: null\nd: ''\n",
    "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\nf: [*x, *x]\n",
    "a: !!str 12\nb: !!int '7'\nc: ! 5\n",
    "a: |\n  x\n\n  y\nb: >-\n  x\n  y\n",
    "a: = b\nc: .5\nd: -.5\ne: +1\nf: 1.\n",
)


@pytest.mark.parametrize("text", VALUES)
def test_values_are_those_of_safe_load(text: str) -> None:
    file = read("x.yml", text.encode())
    assert file.problems == ()
    assert file.data == yaml.safe_load(text)
    assert [type(v) for v in (file.data or {}).values()] == [type(v) for v in yaml.safe_load(text).values()]


def test_keys_are_text_as_written() -> None:
    assert read("x.yml", b"on: 1\n2: b\n2024-01-01: c\n").data == {"on": 1, "2": "b", "2024-01-01": "c"}


def test_number_of_absurd_length_stays_text() -> None:
    assert read("x.yml", b"version: " + b"9" * 5000).data == {"version": "9" * 5000}


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n".encode() for i in range(9)
)


def test_alias_bomb_is_refused() -> None:
    file = read("x.yml", BOMB)
    assert file.data is None
    assert [p.kind for p in file.problems] == ["yaml-alias"]


def test_alias_of_a_long_text_is_refused_too() -> None:
    raw = b'a: &a "' + b"x" * 100_000 + b'"\nb: [' + b",".join([b"*a"] * 1000) + b"]\n"
    assert read("x.yml", raw).data is None


def test_few_aliases_are_fine() -> None:
    file = read("x.yml", b"a: &a [1, 2]\nb: *a\nc: *a\n")
    assert file.problems == ()
    assert file.data == {"a": [1, 2], "b": [1, 2], "c": [1, 2]}


DEEP = {
    "flow": "b'a: ' + b'[' * 100_000",
    "closed flow": "b'a: ' + b'[' * 100_000 + b']' * 100_000",
    "flow mappings": "b'{a: ' * 100_000",
    "compact lists": "b'- ' * 100_000 + b'x'",
    "complex keys": "b'? ' * 100_000",
    "mixed": "b'- ? ' * 50_000",
    "old line breaks": "b'a:\\r' + b'- ' * 100_000",
    "indentation": "'\\n'.join(' ' * i + 'a:' for i in range(2000)).encode()",
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_a_problem_and_no_crash(source: str) -> None:
    # In a process of its own: unguarded, libyaml's composer overflows the C stack.
    code = f"from generator.content.reader import read\nprint([p.kind for p in read('x.yml', {source}).problems])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "['yaml-depth']"), done.stderr


def test_reader_works_without_libyaml() -> None:
    code = (
        "import yaml; yaml.__with_libyaml__ = False\n"
        "from generator.content.reader import read\n"
        "deep = read('x.yml', b'a: ' + b'[' * 5000)\n"
        "good = read('x.yml', b\"a: 'it''s'\\nb: [1, &x 2, *x]\\n\")\n"
        "open_ = read('x.yml', b\"a: 1\\nb: 'x\\nc: 'y'\\n\")\n"
        "print([p.kind for p in deep.problems], good.data, [p.start for p in open_.problems])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "['yaml-depth'] {'a': \"it's\", 'b': [1, 2, 2]} [8]", done.stderr


def test_ninety_levels_are_still_read() -> None:
    assert read("x.yml", b"a: " + b"[" * 90 + b"]" * 90).problems == ()


def test_large_file_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "x.yml").open("wb") as file:
        file.truncate(50_000_000)
    problem = read_limited(tmp_path, "x.yml")
    assert isinstance(problem, Problem)
    assert problem.kind == "file-size"
    assert "50,000,000" in problem.message


def test_bytes_over_the_limit_are_refused() -> None:
    assert [p.kind for p in read("x.yml", b"a: " + b"x" * MAX_BYTES).problems] == ["file-size"]


def test_too_many_values_are_refused() -> None:
    file = read("x.yml", b"a:\n" + b"- x\n" * 300_000)
    assert [p.kind for p in file.problems] == ["file-size"]


PIECES = st.sampled_from(
    ["a", "b: ", "\n", "  ", "- ", "'", '"', "#", ": ", "|", ">", "&x ", "*x", "<<: ", "[", "]", "{", "}", ",", "\t", "---",
     "!!str ", "?", "\\", "\r\n", "é", "\u2028", "2024-01-01", "1", "yes", "\ufeff", "\x00", "%", "@", "`"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=30).map("".join))
@example("a: &x\n<<: *x")
@example("? ")
def test_any_text_is_read_without_a_crash_and_as_pyyaml_does(text: str) -> None:
    file = read("x.yml", text.encode())
    for problem in file.problems:
        assert 0 <= problem.start <= problem.end <= max(len(problem.text), problem.start)
    if file.data is not None and not file.problems:
        loaded = yaml.load(text, Loader=yaml.CSafeLoader)
        if all(isinstance(key, str) for key in _keys(loaded)):
            assert file.data == loaded


def _keys(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *(key for item in value.values() for key in _keys(item))]
    return [key for item in value for key in _keys(item)] if isinstance(value, list) else []


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(raw: bytes) -> None:
    file = read("x.yml", raw)
    assert file.data is not None or file.problems


def test_dates_come_as_dates() -> None:
    assert read("x.yml", b"date: 2024-10-17\n").data == {"date": datetime.date(2024, 10, 17)}
