r"""A text and an offset become a place that a person can click: `path:line:col`.

Lines and columns are 1-based and count characters, as editors do; a line ends at `\n` (a `\r` before it belongs to the
line end). Offsets are 0-based and count characters of the decoded text.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from itertools import accumulate
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file of the pack: where a finding points.

    `path` is relative to the pack's root, with `/`. `end_line`/`end_col` lie behind the last character (exclusive);
    a span without extent has the end equal to the start.
    """

    path: str
    line: int = 1
    col: int = 1
    end_line: int = 1
    end_col: int = 1


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Yield all of the data in pieces that end behind a line feed, each of `size` bytes and the rest of a line.

    Text of megabytes is cheaper so: one character beyond the basic plane makes every character take four bytes.
    """
    start = 0
    while end := data.find(b"\n", start + size) + 1:
        yield data[start:end]
        start = end
    yield data[start:]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A decoded file: its path (relative, with `/`) and text, and the way from an offset to line and column."""

    path: str
    text: str
    _line_starts: list[int] = field(default_factory=list, repr=False, compare=False)

    def line_col(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a 0-based character offset (clamped to the text)."""
        starts = self._starts()
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, col: int) -> int:
        """Return the 0-based offset of a 1-based line and column (clamped to the text)."""
        starts = self._starts()
        line = max(1, min(line, len(starts)))
        return min(starts[line - 1] + max(1, col) - 1, len(self.text))

    def span(self, start: int, end: int) -> Span:
        """Return the span of the half-open offset range `[start, end)`."""
        line, col = self.line_col(start)
        end_line, end_col = self.line_col(max(start, end))
        return Span(self.path, line, col, end_line, end_col)

    def line(self, number: int) -> str:
        """Return the text of a 1-based line without its line end; empty beyond the file."""
        starts = self._starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def _starts(self) -> list[int]:
        starts = self._line_starts
        if not starts:
            lengths = map(len, self.text.split("\n"))
            starts.extend(accumulate(lengths, lambda start, length: start + length + 1, initial=0))
            starts.pop()  # where a line behind the last one would begin
        return starts
