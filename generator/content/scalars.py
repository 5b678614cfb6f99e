r"""The source of a YAML scalar becomes its value, each character with the place that it came from; and the way back.

All five styles: plain, single-quoted (`''`), double-quoted (escapes, escaped line ends), literal and folded (with
chomping and indentation indicators), with the line breaks that YAML 1.1 knows. The rules are those of libyaml's scanner,
which made the value; `character_map` compares with that value, so a map is either exact or not given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from yaml.nodes import ScalarNode

_BREAK_CHARACTERS: Final = "\r\n\x85\u2028\u2029"
_BREAK: Final = re.compile(f"\r\n|[{_BREAK_CHARACTERS}]")
_BLANKS_OR_BREAKS: Final = re.compile(f"[ \t{_BREAK_CHARACTERS}]+")
# Blanks between words stand for themselves, those beside a line break do not.
_INNER_BLANKS: Final = f"[ \t]+(?![ \t{_BREAK_CHARACTERS}])"
_SINGLE_RUN: Final = re.compile(f"(?:[^' \t{_BREAK_CHARACTERS}]+|{_INNER_BLANKS})+")
_DOUBLE_RUN: Final = re.compile(rf'(?:[^"\\ \t{_BREAK_CHARACTERS}]+|{_INNER_BLANKS})+')
_PLAIN_RUN: Final = re.compile(f"(?:[^ \t{_BREAK_CHARACTERS}]+|{_INNER_BLANKS})+")
_LINE: Final = re.compile(f"[^{_BREAK_CHARACTERS}]*")
_SPACES: Final = re.compile(" *")
_PROPERTY: Final = re.compile(rf"[&!][^ \t{_BREAK_CHARACTERS}]*|#[^{_BREAK_CHARACTERS}]*|[ \t{_BREAK_CHARACTERS}]+")
_HEADER: Final = re.compile(rf"[|>](?:([+-])([1-9])?|([1-9])([+-])?)?[ \t]*(?:#[^{_BREAK_CHARACTERS}]*)?")

_ESCAPES: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "'": "'",
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEX_ESCAPES: Final = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class CharacterMap:
    """Where each character of a scalar's value was written.

    The value is made of pieces: `offsets[i]` is where a piece begins in the value, `sources[i]` the half-open range of the
    file's text that made it: as many characters that stand for themselves, or one that was written otherwise (an escape;
    a folded line end, made by its line break). `stop` is where the content ends.
    """

    value: str
    offsets: list[int]
    sources: list[tuple[int, int]]
    stop: int

    def character(self, offset: int) -> tuple[int, int]:
        """Return the range of the file's text that made one character; behind the last one, where the content ends."""
        if offset >= len(self.value):
            return self.stop, self.stop
        piece = bisect_right(self.offsets, offset) - 1
        begin = self.offsets[piece]
        after = self.offsets[piece + 1] if piece + 1 < len(self.offsets) else len(self.value)
        start, end = self.sources[piece]
        if after - begin != end - start:
            return start, end
        return start + offset - begin, start + offset - begin + 1

    def range(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the file's text that the half-open range of the value came from (clamped)."""
        size = len(self.value)
        start = max(0, min(start, size))
        end = max(start, min(end, size))
        first = self.character(start)[0]
        return first, (self.character(end - 1)[1] if end > start else first)


class _Builder:
    """Collects characters with their places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[str] = []
        self.sources: list[tuple[int, int]] = []

    def run(self, start: int, end: int) -> None:
        """Add characters that stand for themselves."""
        if start < end:
            self.parts.append(self.text[start:end])
            self.sources.append((start, end))

    def put(self, character: str, start: int, end: int) -> None:
        """Add one character that was written as the range."""
        self.parts.append(character)
        self.sources.append((start, end))

    def break_(self, start: int, end: int) -> None:
        """Add a line break as YAML normalises it."""
        written = self.text[start:end]
        self.put(written if written in "\u2028\u2029" else "\n", start, end)

    def finish(self, end: int) -> CharacterMap:
        offsets = list(accumulate(map(len, self.parts[:-1]), initial=0)) if self.parts else []
        return CharacterMap("".join(self.parts), offsets, self.sources, end)


def content_start(text: str, start: int) -> int:
    """Return where a scalar itself begins, behind its tag and anchor, given where its node begins."""
    position = start
    while position < len(text) and text[position] in "&!":
        while found := _PROPERTY.match(text, position):
            position = found.end()
    return position


def character_map(text: str, node: ScalarNode) -> CharacterMap | None:
    """Return the map of a scalar node of this text, or None when it cannot be made exactly."""
    start = content_start(text, node.start_mark.index)
    end = node.end_mark.index
    style = node.style or ""
    if style in ("|", ">"):
        return _block(text, start, end, node)
    if style == "'":
        found = _single(text, start, end)
    elif style == '"':
        found = _double(text, start, end)
    else:
        found = _plain(text, start, end)
    return found if found is not None and found.value == node.value else None


def _fold(builder: _Builder, start: int, end: int, *, after_escape: bool = False) -> None:
    """Add what a run of blanks and line breaks inside a flow scalar amounts to."""
    text = builder.text
    breaks = [found.span() for found in _BREAK.finditer(text, start, end)]
    if not breaks:
        if not after_escape:
            builder.run(start, end)
        return
    rest = breaks
    if not after_escape:
        first, rest = breaks[0], breaks[1:]
        if text[first[0]] in "\u2028\u2029":
            builder.break_(*first)
        elif not rest:
            builder.put(" ", *first)
    for span in rest:
        builder.break_(*span)


def _single(text: str, start: int, end: int) -> CharacterMap | None:
    builder = _Builder(text)
    position = start + 1
    stop = end - 1
    while position < stop:
        if found := _SINGLE_RUN.match(text, position, stop):
            builder.run(position, found.end())
        elif found := _BLANKS_OR_BREAKS.match(text, position, stop):
            _fold(builder, position, found.end())
        elif text.startswith("''", position):
            builder.put("'", position, position + 2)
            position += 2
            continue
        else:
            return None
        position = found.end()
    return builder.finish(stop)


def _double(text: str, start: int, end: int) -> CharacterMap | None:
    builder = _Builder(text)
    position = start + 1
    stop = end - 1
    while position < stop:
        if found := _DOUBLE_RUN.match(text, position, stop):
            builder.run(position, found.end())
            position = found.end()
        elif found := _BLANKS_OR_BREAKS.match(text, position, stop):
            _fold(builder, position, found.end())
            position = found.end()
        elif text[position] == "\\" and position + 1 < stop:
            after = _escape(builder, position, stop)
            if after is None:
                return None
            position = after
        else:
            return None
    return builder.finish(stop)


def _escape(builder: _Builder, position: int, stop: int) -> int | None:
    """Add what the escape at a position stands for; return where the next character begins, None if it is no escape."""
    text = builder.text
    letter = text[position + 1]
    if found := _BREAK.match(text, position + 1, stop):
        position = found.end()
        if blanks := _BLANKS_OR_BREAKS.match(text, position, stop):
            _fold(builder, position, blanks.end(), after_escape=True)
            position = blanks.end()
        return position
    if letter in _ESCAPES:
        builder.put(_ESCAPES[letter], position, position + 2)
        return position + 2
    width = _HEX_ESCAPES.get(letter)
    if width is None:
        return None
    digits = text[position + 2 : position + 2 + width]
    try:
        builder.put(chr(int(digits, 16)), position, position + 2 + width)
    except (ValueError, OverflowError):
        return None
    return position + 2 + width


def _plain(text: str, start: int, end: int) -> CharacterMap | None:
    builder = _Builder(text)
    position = start
    while position < end:
        if found := _PLAIN_RUN.match(text, position, end):
            builder.run(position, found.end())
        elif found := _BLANKS_OR_BREAKS.match(text, position, end):
            _fold(builder, position, found.end())
        else:
            return None
        position = found.end()
    return builder.finish(end)


def _block(text: str, start: int, end: int, node: ScalarNode) -> CharacterMap | None:
    header = _HEADER.match(text, start, end)
    if header is None:
        return None
    chomping = header[1] or header[4] or ""
    increment = header[2] or header[3]
    line_end = _BREAK.match(text, header.end(), end)
    body = line_end.end() if line_end else header.end()
    if increment is None:
        found = _block_body(text, body, end, _detected_indent(text, body, end), node.style or "", chomping)
        return found if found.value == node.value else None
    # The indicator counts from the parent's indentation, which the node does not tell: take the one that gives the value.
    widest = max((len(_SPACES.match(line).group()) for line in re.split(_BREAK, text[body:end])), default=0)  # type: ignore[union-attr]  # " *" always matches
    for indent in range(int(increment), max(widest, int(increment)) + 2):
        found = _block_body(text, body, end, indent, node.style or "", chomping)
        if found.value == node.value:
            return found
    return None


def _detected_indent(text: str, body: int, end: int) -> int:
    position = body
    widest = 0
    while position < end:
        spaces = _SPACES.match(text, position, end)
        after = spaces.end() if spaces else position
        widest = max(widest, after - position)
        found = _BREAK.match(text, after, end)
        if found is None:
            break
        position = found.end()
    return max(widest, 1)


def _block_body(  # noqa: PLR0917 - all of them describe one scalar
    text: str, body: int, end: int, indent: int, style: str, chomping: str
) -> CharacterMap:
    """Decode the lines of a block scalar, as libyaml's `yaml_parser_scan_block_scalar` does."""
    builder = _Builder(text)
    leading: tuple[int, int] | None = None
    trailing: list[tuple[int, int]] = []
    leading_blank = False
    content_end = body
    indentation = re.compile(f" {{0,{indent}}}")

    def eat(position: int) -> tuple[int, int]:
        """Skip indentation and empty lines; return the position and its column."""
        while True:
            spaces = indentation.match(text, position, end)
            after = spaces.end() if spaces else position
            found = _BREAK.match(text, after, end)
            if found is None:
                return after, after - position
            trailing.append(found.span())
            position = found.end()

    position, column = eat(body)
    while column == indent and position < end:
        blank = text[position] in " \t"
        folds = style == ">" and leading is not None and text[leading[0]] not in "\u2028\u2029"
        if leading is not None and folds and not leading_blank and not blank:
            if not trailing:
                builder.put(" ", *leading)
        elif leading is not None:
            builder.break_(*leading)
        for span in trailing:
            builder.break_(*span)
        trailing.clear()
        leading = None
        leading_blank = blank
        line = _LINE.match(text, position, end)
        content_end = line.end() if line else position
        builder.run(position, content_end)
        found = _BREAK.match(text, content_end, end)
        if found is None:
            break
        leading = found.span()
        position, column = eat(found.end())
    if chomping != "-" and leading is not None:
        builder.break_(*leading)
    if chomping == "+":
        for span in trailing:
            builder.break_(*span)
    return builder.finish(content_end)


# -- writing ---------------------------------------------------------------------------------------------------------

_DOUBLE_ESCAPES: Final = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\0": "\\0",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
    "\ufeff": "\\uFEFF",
}
_NEEDS_ESCAPE: Final = re.compile('[\\\\"\n\t\r\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')


def double_quoted(value: str) -> str:
    """Return the inside of a double-quoted scalar on one line; every text can be written so."""
    return _NEEDS_ESCAPE.sub(lambda found: _DOUBLE_ESCAPES.get(found[0]) or _hex(found[0]), value)


def _hex(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"


def single_quoted(value: str) -> str:
    """Return the inside of a single-quoted scalar for a text without line breaks."""
    return value.replace("'", "''")


def block(value: str, style: str, indent: int, line_end: str) -> str:
    """Return a text as a block scalar: header, lines indented by `indent` columns, no line break behind the last one.

    `style` is `|`, or `>` for a text of one line. The header's indicators follow from the text.
    """
    body = value.rstrip("\n")
    breaks = len(value) - len(body)
    chomping = "-" if breaks == 0 else "" if breaks == 1 and body else "+"
    lines = body.split("\n")
    pad = " " * indent
    written = [f"{pad}{line}" if line else "" for line in lines]
    written.extend([""] * (breaks - 1))
    return f"{style}{chomping}{line_end}" + line_end.join(written)
