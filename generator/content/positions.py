"""A pointer into a document, and an offset in a text value, become places in the file; new texts become edits.

Positions are not kept in the model. When one is asked for, the file's text is composed again (a small cache serves the
findings of one file), the nodes are followed along the pointer, and for offsets inside a value the scalar's source is
decoded once more, each character with its place (`generator.content.scalars`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from generator.base.diagnostics import Edit
from generator.base.frozen import dataclass
from generator.base.source import SourceFile, Span
from generator.content.reader import ReadFile, compose, read
from generator.content.scalars import (
    CharacterMap,
    block,
    character_map,
    content_start,
    double_quoted,
    single_quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Document, Pointer, Problem

_COMMENT: Final = re.compile(r"(?:^|(?<=[ \t\n]))#[^\r\n]*", re.MULTILINE)
_COMMENT_LINE: Final = re.compile(r"^[ \t]*(#[^\r\n]*)", re.MULTILINE)
_RARE_BREAKS: Final = ("\x85", "\u2028", "\u2029")
_NAME: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*):(?=[ \t\r]|\Z)")
_PLAIN_FIRST: Final = re.compile(r"[A-Za-z0-9_./$^()\\;+~]")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a YAML file. `text` begins with `#`; `alone` says that nothing else stands on its line."""

    line: int
    col: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a pointer led: the node, its key (None in a sequence and at the root), and what lies around it."""

    node: Node
    key: Node | None
    parent: CollectionNode | None
    depth: int
    in_flow: bool


@lru_cache(maxsize=32)
def _root(text: str) -> Node | None:
    try:
        return compose(text)
    except yaml.YAMLError:
        return None


@lru_cache(maxsize=32)
def source_of(path: str, text: str) -> SourceFile:
    """Return a document's file, with its line starts kept for the next place."""
    return SourceFile(path, text)


def locate(
    document: Document, pointer: Pointer, start: int | None = None, end: int | None = None, *, key: bool = False
) -> Span:
    """Return where a value stands, or its key, or a part of a text value.

    Args:
        document: the file.
        pointer: keys and indexes from the top.
        start: offset in the text value, in characters; with `end`, the half-open range that is meant.
        end: end of the range; without it the range is empty.
        key: the place of the key instead of the value's (of a list's item: the item).

    A pointer to what is not there gives its nearest ancestor that is: the key of the mapping or list that lacks it, the
    beginning of the list item that lacks it, or the first character of the file. Never raises.
    """
    first, text = _part(document, pointer)
    place = _follow(text, pointer)
    if place is None or (first and place.depth < len(pointer)):
        first, text = 0, document.text
        place = _follow(text, pointer)
    source = source_of(document.path, document.text)
    begin, stop = _range(text, place, pointer, start, end, key=key)
    return source.span(first + begin, first + stop)


def _range(
    text: str, place: _Place | None, pointer: Pointer, start: int | None, end: int | None, *, key: bool
) -> tuple[int, int]:
    if place is None:
        return 0, 0
    if place.depth < len(pointer):
        return _ancestor(text, place)
    if key:
        return _node_range(text, place.key if place.key is not None else place.node)
    if start is not None and isinstance(place.node, ScalarNode):
        found = _map(text, place.node)
        if found is not None:
            return found.range(start, start if end is None else end)
    return _node_range(text, place.node)


@lru_cache(maxsize=32)
def _tops(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the names at the left edge of a file and where they stand; nothing where other than list items stand there."""
    names, starts = [], []
    position = 0
    if text.count("\r") != text.count("\r\n") or any(character in text for character in _RARE_BREAKS):
        return (), ()  # lines of YAML end where others do not
    for line in text.split("\n"):
        if line and line[0] not in " \t\r#" and not line.startswith("- "):
            found = _NAME.match(line)
            if found is None:
                return (), ()
            names.append(found[1])
            starts.append(position)
        position += len(line) + 1
    return tuple(names), tuple(starts)


def _part(document: Document, pointer: Pointer) -> tuple[int, str]:
    """Return the part of a file that holds a value, and where it begins: composing that alone takes a fraction of the time.

    Only where it cannot be another: every key of the file's mapping begins at the left edge, so when as many names stand
    there as the mapping has keys, and nothing else but comments and items, these are the keys and not lines inside a value. A part
    with an alias to an anchor elsewhere does not compose; then the whole file does.
    """
    text = document.text
    names, starts = _tops(text)
    if not pointer or pointer[0] not in names or names != tuple(document.data):
        return 0, text
    number = names.index(str(pointer[0]))
    return starts[number], text[starts[number] : starts[number + 1] if number + 1 < len(starts) else len(text)]


def problem_span(problem: Problem) -> Span:
    """Return where a problem of the loader stands."""
    if problem.document is not None and problem.pointer is not None:
        return locate(problem.document, problem.pointer, key=problem.at_key)
    return source_of(problem.path, problem.text).span(problem.start, problem.end)


def value_map(document: Document, pointer: Pointer) -> CharacterMap | None:
    """Return where each character of a text value stands in the file, or None when the pointer leads to no text."""
    place = _follow(document.text, pointer)
    if place is None or place.depth < len(pointer) or not isinstance(place.node, ScalarNode):
        return None
    return _map(document.text, place.node)


@lru_cache(maxsize=8)
def _map(text: str, node: ScalarNode) -> CharacterMap | None:
    return character_map(text, node)


def _follow(text: str, pointer: Pointer) -> _Place | None:
    node = _root(text)
    if node is None:
        return None
    key: Node | None = None
    parent: CollectionNode | None = None
    in_flow = False
    for depth, step in enumerate(pointer):
        in_flow = in_flow or bool(getattr(node, "flow_style", False))
        found = _child(node, step)
        if found is None:
            return _Place(node, key, parent, depth, in_flow)
        parent = node if isinstance(node, CollectionNode) else None
        key, node = found
    return _Place(node, key, parent, len(pointer), in_flow)


def _child(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, SequenceNode):
        items: list[Node] = node.value
        return (None, items[step]) if isinstance(step, int) and 0 <= step < len(items) else None
    if not isinstance(node, MappingNode):
        return None
    wanted = str(step)
    merged: list[Node] = []
    for key, value in reversed(node.value):
        if isinstance(key, ScalarNode):
            if key.value == "<<" and not key.style:
                merged.extend(value.value if isinstance(value, SequenceNode) else (value,))
            elif key.value == wanted:
                return key, value
    for mapping in merged:
        if mapping is not node and isinstance(mapping, MappingNode):
            for key, value in reversed(mapping.value):
                if isinstance(key, ScalarNode) and key.value == wanted:
                    return key, value
    return None


def _ancestor(text: str, place: _Place) -> tuple[int, int]:
    if place.depth == 0:
        return 0, 0
    if place.key is not None:
        return _node_range(text, place.key)
    start = place.node.start_mark.index
    return start, start


def _node_range(text: str, node: Node) -> tuple[int, int]:
    start, end = node.start_mark.index, node.end_mark.index
    while end > start and text[end - 1] in " \t\r\n":
        end -= 1
    return start, end


# -- edits -----------------------------------------------------------------------------------------------------------


def scalar_edit(document: Document, pointer: Pointer, new_text: str) -> Edit:
    """Return the edit that gives a text value a new text and leaves everything else in the file as it is.

    The author's style is kept where it can hold the text; a text of several lines becomes a literal block; double
    quotes take what nothing else can. Each candidate is read back before it is given out.

    Raises:
        LookupError: the pointer leads to no scalar.
    """
    text = document.text
    place, node = _scalar_place(document, pointer)
    start = content_start(text, node.start_mark.index)
    end = _source_end(text, node)
    gap = " " if start == end and text[start - 1 : start].strip() else ""
    for written in _candidates(document, place, node, new_text):
        edit = Edit(document.path, start, end, gap + written)
        if _gives(document, edit, pointer, new_text):
            return edit
    raise LookupError(f"{document.path}: the text at {pointer} cannot be replaced")


def value_edit(document: Document, pointer: Pointer, start: int, end: int, text: str) -> Edit:
    """Return the edit that replaces the half-open range of a text value, touching no more of the source than that.

    Raises:
        LookupError: the pointer leads to no scalar.
    """
    _, node = _scalar_place(document, pointer)
    value: str = node.value
    start = max(0, min(start, len(value)))
    end = max(start, min(end, len(value)))
    whole = value[:start] + text + value[end:]
    found = _map(document.text, node)
    if found is not None and "\n" not in value[start:end]:
        first, last = found.range(start, end)
        written = _inside(node.style or "", text)
        if written is not None:
            edit = Edit(document.path, first, last, written)
            if _gives(document, edit, pointer, whole):
                return edit
    return scalar_edit(document, pointer, whole)


def _scalar_place(document: Document, pointer: Pointer) -> tuple[_Place, ScalarNode]:
    place = _follow(document.text, pointer)
    if place is None or place.depth < len(pointer) or not isinstance(place.node, ScalarNode):
        raise LookupError(f"{document.path}: there is no text at {pointer}")
    return place, place.node


def _inside(style: str, text: str) -> str | None:
    """Return a piece of a scalar in its style, or None when it holds a line break that the style would change."""
    if style == '"':
        return double_quoted(text)
    if "\n" in text:
        return None
    return single_quoted(text) if style == "'" else text


def _source_end(text: str, node: ScalarNode) -> int:
    """Return where a scalar's source ends; the line breaks behind a block scalar stay out of it."""
    if node.style not in ("|", ">"):
        return node.end_mark.index
    found = _map(text, node)
    start = content_start(text, node.start_mark.index)
    if found is not None and found.stop > start and found.value.strip("\n"):
        return found.stop
    line_end = re.compile(r"[^\r\n]*").match(text, start)
    return line_end.end() if line_end else node.end_mark.index


def _candidates(document: Document, place: _Place, node: ScalarNode, value: str) -> Iterator[str]:
    """Yield ways to write a text, the one nearest to the author's first."""
    style = node.style or ""
    lines = "\n" in value
    line_end = "\r\n" if "\r\n" in document.text else "\n"
    indent = _block_indent(document, place, node)
    if not place.in_flow and (lines or style in ("|", ">")):
        if style == ">" and not lines:
            yield block(value, ">", indent, line_end)
        yield block(value, "|", indent, line_end)
    if not lines:
        if style == "" and _PLAIN_FIRST.match(value):
            yield value
        if style in ("", "'"):
            yield f"'{single_quoted(value)}'"
    yield f'"{double_quoted(value)}"'


def _block_indent(document: Document, place: _Place, node: ScalarNode) -> int:
    """Return the column for the lines of a block scalar: the author's own, else two more than the parent's."""
    if node.style in ("|", ">"):
        found = _map(document.text, node)
        if found is not None and found.value.strip():
            offset = found.character(len(found.value) - len(found.value.lstrip("\n")))[0]
            _, col = source_of(document.path, document.text).line_col(offset)
            if not found.value.lstrip("\n").startswith((" ", "\t")):
                return max(col - 1, 1)
    anchor = place.key if place.key is not None else place.parent
    column: int = anchor.start_mark.column if anchor is not None else 0
    return column + 2


def _gives(document: Document, edit: Edit, pointer: Pointer, value: str) -> bool:
    """Whether the edited file says the new text at the pointer, and everything else as before."""
    text = document.text[: edit.start] + edit.text + document.text[edit.end :]
    after = read(document.path, text.encode("utf-8", errors="surrogatepass"))
    before = read(document.path, document.text.encode("utf-8", errors="surrogatepass"))
    if after.data is None or before.data is None or _troubles(after) > _troubles(before):
        return False
    return _same(before.data, after.data, pointer, value)


def _troubles(file: ReadFile) -> int:
    """Count what is wrong with a file; that a text holds a template's placeholder is its author's wish."""
    return sum(problem.kind != "file-update-marker" for problem in file.problems)


def _same(before: Any, after: Any, pointer: Pointer, value: str) -> bool:  # noqa: ANN401 - untyped YAML data
    if not pointer:
        return isinstance(after, str) and after == value
    if isinstance(before, dict) and isinstance(after, dict):
        if list(before) != list(after):
            return False
        step = str(pointer[0])
        return all(
            _same(item, after[key], pointer[1:], value) if key == step else item == after[key]
            for key, item in before.items()
        )
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(
            _same(item, after[index], pointer[1:], value) if index == pointer[0] else item == after[index]
            for index, item in enumerate(before)
        )
    return False


# -- comments --------------------------------------------------------------------------------------------------------


def comments(document: Document, containing: str = "") -> tuple[Comment, ...]:
    """Return the comments of a file that contain a text, in order. A `#` inside a value is none."""
    text = document.text
    if "#" not in text or containing not in text:
        return ()
    source = source_of(document.path, text)
    root = _root(text)
    if root is None:
        return tuple(
            _comment(source, found.start(1), found.group(1))
            for found in _COMMENT_LINE.finditer(text)
            if containing in found.group(1)
        )
    ranges = sorted(_scalar_ranges(root, text))
    starts = [start for start, _ in ranges]
    result: list[Comment] = []
    position = 0
    while found := _COMMENT.search(text, position):
        index = bisect_right(starts, found.start()) - 1
        if index >= 0 and found.start() < ranges[index][1]:
            position = max(ranges[index][1], found.start() + 1)
            continue
        position = found.end()
        if containing in found.group():
            result.append(_comment(source, found.start(), found.group()))
    return tuple(result)


def _comment(source: SourceFile, offset: int, text: str) -> Comment:
    line, col = source.line_col(offset)
    return Comment(line, col, text.rstrip(), alone=not source.line(line)[: col - 1].strip())


def _scalar_ranges(root: Node, text: str) -> Iterator[tuple[int, int]]:
    waiting: list[Node] = [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            start, end = node.start_mark.index, node.end_mark.index
            if node.style in ("|", ">"):
                # The comment of a block scalar's header lies inside of the node.
                header_end = text.find("\n", start)
                start = header_end if header_end != -1 else start
            yield start, max(end, start)
        elif isinstance(node, MappingNode):
            for key, value in node.value:
                waiting.extend((key, value))
        elif isinstance(node, SequenceNode):
            waiting.extend(node.value)


def entry_end(document: Document, line: int) -> int:
    """Return the last line (1-based) of the outermost key or list entry that begins on a line; the line itself if none does."""
    source = source_of(document.path, document.text)
    root = _root(document.text)
    stack: list[Node] = [root] if root is not None else []
    while stack:
        node = stack.pop(0)
        children: list[tuple[Node, Node]] = []
        if isinstance(node, MappingNode):
            children = list(node.value)
        elif isinstance(node, SequenceNode):
            children = [(item, item) for item in node.value]
        for key, value in children:
            if source.line_col(key.start_mark.index)[0] == line:
                end = source.line_col(max(key.start_mark.index, value.end_mark.index - 1))[0]
                return max(line, end)
            stack.append(value)
    return line
