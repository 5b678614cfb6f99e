"""Positions through every scalar style: the character map gives back the exact value, edits change nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from generator.base.source import SourceFile
from generator.content import positions
from generator.content.load import load_pack
from generator.content.model import Dialect, Document, Kind
from generator.content.positions import comments, locate, scalar_edit, value_edit, value_map
from generator.content.reader import compose, read
from generator.content.scalars import character_map

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.base.diagnostics import Edit
    from generator.content.model import Pointer


def document(text: str) -> Document:
    data = read("x.yml", text.encode()).data
    assert data is not None
    return Document("x.yml", text, data, Kind.DETECTION, Dialect.NATIVE)


def applied(text: str, edit: Edit) -> str:
    return text[: edit.start] + edit.text + text[edit.end :]


# A file, and where the character "X" of the value at `a` must be found (line, column), counted by hand.
STYLES = {
    "plain": ("a: fooX\n", (1, 7)),
    "plain over lines": ("a: foo\n  bar\n\n  bazX\n", (4, 6)),
    "single-quoted with quotes": ("a: 'it''s ''X'\n", (1, 13)),
    "single-quoted over lines": ("a: 'foo\n\n    bar ''X'\n", (3, 11)),
    "double-quoted with escapes": (r'a: "\x41\u00e9\U0001F600\tX"' + "\n", (1, 27)),
    "double-quoted with escaped line end": ('a: "foo\\\n    barX"\n', (2, 8)),
    "literal": ("a: |\n  foo\n  barX\n", (3, 6)),
    "literal with indicator": ("a: |2-\n    foo\n  X\n", (3, 3)),
    "literal keeping breaks": ("a: |+\n  foo\n\n  X\n\n\n", (4, 3)),
    "folded": ("a: >-\n  foo\n  barX\n", (3, 6)),
    "folded with more indented lines": ("a: >\n  foo\n    bar\n  bazX\n", (4, 6)),
    "after tag and anchor": ("a: !!str &b  'X'\n", (1, 15)),
    "CRLF": ("b: 1\r\na: 'foo\r\n  barX'\r\n", (3, 6)),
    "CRLF literal": ("a: |\r\n  foo\r\n  X\r\n", (3, 3)),
    "beyond the basic plane": ("a: '😀😀X'\n", (1, 7)),
}


@pytest.mark.parametrize(("text", "place"), STYLES.values(), ids=STYLES)
def test_offset_in_a_value_is_found_in_the_file(text: str, place: tuple[int, int]) -> None:
    file = document(text)
    offset = file.data["a"].index("X")
    span = locate(file, ("a",), offset, offset + 1)
    assert (span.line, span.col) == place
    assert (span.end_line, span.end_col) == (place[0], place[1] + 1)


NESTED = "name: x\ntags:\n  a: 1\n  list:\n  - f: 1\n    g: 2\n  -   h: 3\ntests:\n- name: t\n"


@pytest.mark.parametrize(
    ("pointer", "key", "place"),
    [
        (("name",), False, (1, 7)),
        (("name",), True, (1, 1)),
        (("search",), False, (1, 1)),
        (("tags", "a"), False, (3, 6)),
        (("tags", "missing"), True, (2, 1)),
        (("tags", "list", 0, "g"), True, (6, 5)),
        (("tags", "list", 0, "missing"), True, (5, 5)),
        (("tags", "list", 1, "missing"), True, (7, 7)),
        (("tags", "list", 7), False, (4, 3)),
        (("tests", 0, "test_type"), True, (9, 3)),
        (("name", "deeper", 3), False, (1, 1)),
    ],
)
def test_pointer_leads_to_its_value_or_nearest_ancestor(pointer: Pointer, *, key: bool, place: tuple[int, int]) -> None:
    span = locate(document(NESTED), pointer, key=key)
    assert (span.line, span.col) == place


def test_merged_key_is_found_where_it_is_written() -> None:
    span = locate(document("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n"), ("c", "b"))
    assert (span.line, span.col) == (2, 6)


def test_duplicate_key_is_found_at_its_last_place() -> None:
    assert locate(document("a: 1\na: 2\n"), ("a",)).line == 2


def test_file_that_is_no_yaml_gives_its_first_character() -> None:
    broken = Document("x.yml", "a: 'x\n", {}, Kind.MACRO, Dialect.V5)
    assert locate(broken, ("a",)).line == 1


VALUES = st.text(
    st.one_of(
        st.sampled_from("abc XYZ  \n\n'\"\\#:-|>[]{},&*!%@`\t$"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.sampled_from([None, "'", '"', "|", ">"]), st.integers(20, 100), st.sampled_from(["\n", "\r\n"]))
@example("a\n", "|", 80, "\r\n")
@example(" a\n b", "|", 80, "\n")
@example("\n\n", "|", 80, "\n")
@example("a\n\n b\nc", ">", 80, "\n")
def test_map_gives_back_what_was_written_in_any_style(value: str, style: str | None, width: int, breaks: str) -> None:
    text = yaml.safe_dump({"k": {"a": value}}, default_style=style, width=width, allow_unicode=True, line_break=breaks)
    file = document(text)
    found = value_map(file, ("k", "a"))
    assert found is not None
    assert found.value == file.data["k"]["a"]
    places = [found.character(index) for index in range(len(found.value) + 1)]
    starts = [
        start for start, _ in places[:-1]
    ]  # the line breaks of an empty block stand behind where its content ends
    assert starts == sorted(starts)
    for character, (start, end) in zip(found.value, places, strict=False):
        written = text[start:end]
        assert written
        assert character == written or written[0] in "'\\\r\n\x85\u2028\u2029"


SOURCE = st.lists(
    st.sampled_from(["a", "b ", " ", "\n", "\n  ", "\n    ", "''", "\\n", "\\\n", "\\x41", "\\u00e9", "\t", "#", " #", "é",
                     "😀", ":", "\r\n", "\u2028", "\x85", "- "]),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(SOURCE, st.sampled_from(["{}", "'{}'", '"{}"', "|\n  {}", ">\n  {}", "|2+\n  {}", ">-\n  {}", "|-\n\n  {}"]))
def test_map_is_exact_for_whatever_composes(source: str, frame: str) -> None:
    text = "k:\n a: " + frame.format(source) + "\n"
    try:
        root = compose(text)
    except yaml.YAMLError:
        root = None
    nodes = root.value[0][1].value if root is not None and isinstance(root.value, list) else None
    assume(nodes and isinstance(nodes, list) and nodes[0][0].value == "a")
    node = nodes[0][1]
    assume(isinstance(node, yaml.ScalarNode))
    found = character_map(text, node)
    assert found is not None
    assert found.value == node.value


CONTEXTS = (
    "a: old\nb: 1\n",
    "a: 'old'  # why\nb: 1\n",
    'a: "old"\nb: 1\n',
    "a: |\n  old\n  text\n\nb: 1\n",
    "a: >-\n    old\n    text\n# end\nb: 1\n",
    "b: {c: 1}\na: old\n",
    "a: |\r\n  old\r\nb: 1\r\n",
    "a:\nb: 1\n",
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CONTEXTS), VALUES)
@example(CONTEXTS[0], "x: y")
@example(CONTEXTS[0], "yes")
@example(CONTEXTS[3], "a\n\n  b\nc")
@example(CONTEXTS[1], "a\nb")
@example(CONTEXTS[0], "__UPDATE__")
def test_edit_gives_the_new_text_and_changes_nothing_else(text: str, value: str) -> None:
    file = document(text)
    after = applied(text, scalar_edit(file, ("a",), value))
    data = read("x.yml", after.encode()).data
    assert data == {**file.data, "a": value}
    assert list(data) == list(file.data)
    assert ("#" in text) <= ("#" in after)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a: old\nb: 1\n", "new", "a: new\nb: 1\n"),
        ("a: old\nb: 1\n", "yes", "a: 'yes'\nb: 1\n"),
        ("a: 'old'\nb: 1\n", "it's", "a: 'it''s'\nb: 1\n"),
        ("a: 'old'\nb: 1\n", "x\n| y", "a: |-\n  x\n  | y\nb: 1\n"),
        ("t:\n- a: 'o\n    ld'\n  b: 1\n", None, None),
        ("a: |\n    old\n\nb: 1\n", "x\ny\n", "a: |\n    x\n    y\n\nb: 1\n"),
        ("a: [old, b]\n", None, None),
    ],
)
def test_edit_keeps_the_author_s_style_where_it_can(text: str, value: str | None, expected: str | None) -> None:
    file = document(text)
    if value is None or expected is None:
        pointer: Pointer = ("t", 0, "a") if "t" in file.data else ("a", 0)
        after = applied(text, scalar_edit(file, pointer, "x\ny"))
        data: Any = read("x.yml", after.encode()).data
        for step in pointer:
            data = data[step]
        assert data == "x\ny"
        return
    assert applied(text, scalar_edit(file, ("a",), value)) == expected


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_part_of_a_value_is_replaced_in_every_style(data: st.DataObject) -> None:
    value = data.draw(VALUES)
    style = data.draw(st.sampled_from([None, "'", '"', "|", ">"]))
    text = yaml.safe_dump({"a": value, "b": [1]}, default_style=style, allow_unicode=True)
    file = document(text)
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    piece = data.draw(VALUES)
    after = applied(text, value_edit(file, ("a",), start, end, piece))
    loaded = read("x.yml", after.encode()).data
    assert loaded == {**file.data, "a": value[:start] + piece + value[end:]}


def test_replacing_a_word_leaves_the_rest_of_a_folded_search_alone() -> None:
    text = "search: '| tstats count\n  from datamodel=X\n  where a=\"it''s\"'\n"
    file = document(text)
    at = file.data["search"].index("X")
    assert applied(text, value_edit(file, ("search",), at, at + 1, "Web")) == text.replace("=X", "=Web")


def test_edit_of_what_is_not_there_raises() -> None:
    with pytest.raises(LookupError):
        scalar_edit(document("a: [1]\n"), ("a",), "x")


def test_comments_are_told_from_values() -> None:
    text = (
        "# one\na: 'x # no'  # two\nb: |  # three\n  # no\n  y\n# four\nc: no#t\nd: \"# no\n  # no\"\n"
        "e: >-\n  no\n\n  # no\nf: [1, # five\n  2]\n"
    )
    found = comments(document(text))
    assert [(c.line, c.text, c.alone) for c in found] == [
        (1, "# one", True),
        (2, "# two", False),
        (3, "# three", False),
        (6, "# four", True),
        (14, "# five", False),
    ]
    assert [c.line for c in comments(document(text), "fo")] == [6]


def test_comments_of_a_broken_file_are_those_on_their_own_lines() -> None:
    broken = Document("x.yml", "# contentpack: ignore[X] y\na: 'x\n", {}, Kind.MACRO, Dialect.V5)
    assert [c.line for c in comments(broken)] == [1]


PACKS = ("security_content", "v5/pack", "v5/features", "ng/pack", "docs_pages/pack")


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("name", PACKS)
def test_every_search_of_the_corpus_maps_exactly(corpus: Path, name: str) -> None:
    pack = load_pack(corpus / name)
    seen = 0
    for item in pack.objects():
        for pointer in (("search",), ("definition",), ("description",)):
            value = item.document.data.get(pointer[0])
            if isinstance(value, str):
                found = value_map(item.document, pointer)
                assert found is not None, json.dumps([item.path, pointer])
                assert found.value == value
                seen += 1
    assert seen > 40


PARTS = {
    "lists at the edge": "name: a\ntags:\n- x\n- y: 1\n  z: [2,\n  3]\nsearch: b\n",
    "a name inside a quoted text": 'name: "a\nsearch: no\n  x"\n"search": b\n',
    "as many names, one of them inside a text": "name: 'a\n\nsearch: no'\n'search': b\nid: c\n",
    "an anchor elsewhere": "name: &n [a, b]\nsearch: *n\nid: [*n, c]\n",
    "an anchor inside": "name: x\nsearch: [&n a, *n]\n",
    "merged": "name: &n {a: b}\nsearch:\n  <<: *n\n  c: d\n",
    "windows": "name: a\r\nsearch: |\r\n  b\r\n  c\r\nid: d\r\n",
    "old line ends": "name: a\rsearch: b\r\nid: c\r\n",
    "a rare line end": "name: a\u2028search: b\nid: c\n",
    "marked document": "---\nname: a\nsearch: b\n...\n",
    "comments": "# top\nname: a # end\n# between\nsearch: b\n  # inside\n  # more\nid: c\n",
    "given twice": "name: a\nsearch: b\nname: c\n",
    "no value": "name:\nsearch:\n\nid: c",
    "flow": "{name: a, search: b}\n",
    "indented": "  name: a\n  search: b\n",
}


def _pointers(value: object, pointer: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield pointer
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from _pointers(child, (*pointer, step))


@pytest.mark.parametrize("text", PARTS.values(), ids=PARTS)
def test_a_part_of_a_file_gives_the_places_that_the_whole_file_gives(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = document(text)
    asked = [
        (at, start, end, key)
        for pointer in _pointers(file.data)
        for at in (pointer, (*pointer, "absent"), (*pointer, 7))
        for start, end in ((None, None), (0, None), (0, 1), (1, 99))
        for key in (False, True)
    ]
    found = [locate(file, at, start, end, key=key) for at, start, end, key in asked]
    monkeypatch.setattr(positions, "_part", lambda document, _pointer: (0, document.text))
    assert found == [locate(file, at, start, end, key=key) for at, start, end, key in asked]


def test_a_value_is_composed_without_the_rest_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = document(f"name: a\ntags:\n- b\nsearch: index=main | head 1\nabout: {'long ' * 1000}\n")
    composed: list[str] = []
    monkeypatch.setattr(positions, "_root", lambda text: composed.append(text) or compose(text))
    assert locate(file, ("search",), 6, 10) == SourceFile(file.path, file.text).span(32, 36)
    assert composed == ["search: index=main | head 1\n"]
