"""Places as editors count them: lines from 0, columns in UTF-16 code units (or what was agreed), to offsets and back.

The Language Server Protocol counts UTF-16 unless client and server agree on another encoding: a character outside the
Basic Multilingual Plane counts two there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from generator.base.frozen import dataclass
from generator.content.positions import source_of

if TYPE_CHECKING:
    from generator.base.source import Span

Encoding = Literal["utf-8", "utf-16", "utf-32"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position: 0-based line, and column in code units of the agreed encoding."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to before `end`."""

    start: Place
    end: Place


def units(text: str, encoding: Encoding) -> int:
    """Return how many code units a text has."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-16":
        return len(text) + sum(ord(character) > 0xFFFF for character in text)
    return len(text.encode("utf-8", "surrogatepass"))


def offset_of(path: str, text: str, place: Place, encoding: Encoding = "utf-16") -> int:
    """Return the character offset of a position; one behind a line's end is its end, one inside a character its begin."""
    source = source_of(path, text)
    start = source.offset(place.line + 1, 1)
    line = source.line(place.line + 1)
    if encoding == "utf-32" or line.isascii():
        return start + max(0, min(place.column, len(line)))
    count = 0
    for index, character in enumerate(line):
        count += units(character, encoding)
        if count > place.column:
            return start + index
    return start + len(line)


def place_of(path: str, text: str, offset: int, encoding: Encoding = "utf-16") -> Place:
    """Return the position of a character offset."""
    source = source_of(path, text)
    line, column = source.line_col(offset)
    before = text[source.offset(line, 1) : source.offset(line, column)]
    return Place(line - 1, units(before, encoding))


def range_of(span: Span, text: str, encoding: Encoding = "utf-16") -> Range:
    """Return the range of a span in a text."""
    source = source_of(span.path, text)
    start = source.offset(span.line, span.col)
    end = source.offset(span.end_line, span.end_col)
    return Range(place_of(span.path, text, start, encoding), place_of(span.path, text, max(start, end), encoding))
