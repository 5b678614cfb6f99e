"""Findings for people: the headline, the line with the place marked, notes, and what to do.

    detections/endpoint/cacls.yml:12:29: error SPL003 unknown command `stat`
       12 | search: '| tstats count … | stat count by user'
          |                             ^^^^
      help: did you mean `stats`?

A search is often one line of 3,000 characters, so the line is cut to a window around the mark; `…` shows where. A place
that spans lines is marked to the end of its first line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.source import SourceFile, Span
from generator.report.concise import headline
from generator.report.visible import display_width, visible, visible_characters

if TYPE_CHECKING:
    from generator.base.diagnostics import Diagnostic
    from generator.report.findings import Report

_TAB = 4
_CUT = "…"
_MARK_COLOR = "\x1b[1;31m"
_DIM = "\x1b[2m"
_HELP_COLOR = "\x1b[1;32m"
_RESET = "\x1b[0m"


def render(report: Report) -> str:
    """Return all findings, separated by empty lines, in the order given."""
    frames = _Frames(report)
    return "".join(f"{frames.finding(diagnostic)}\n" for diagnostic in report.diagnostics)


class _Frames:
    """Prints findings, keeping the line index of the file at hand: findings come sorted by file."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._sources: dict[str, SourceFile | None] = {}

    def finding(self, diagnostic: Diagnostic) -> str:
        color = self._report.color
        lines = [headline(diagnostic, color=color)]
        lines += self.code(diagnostic.span)
        for note in diagnostic.notes:
            place = "" if note.span is None else f" ({visible(note.span.path)}:{note.span.line}:{note.span.col})"
            lines.append(f"  note: {visible(note.message)}{place}")
            if note.span is not None and note.span.path != diagnostic.span.path:
                lines += self.code(note.span)
        if diagnostic.hint is not None:
            label = f"{_HELP_COLOR}help:{_RESET}" if color else "help:"
            lines.append(f"  {label} {visible(diagnostic.hint)}")
        return "\n".join(lines) + "\n"

    def code(self, span: Span) -> list[str]:
        """Return the marked line; nothing for a whole file, or when the text is not at hand or has no such line."""
        if span == Span(span.path):
            return []
        source = self._source(span.path)
        if source is None:
            return []
        line = source.line(span.line)
        if not line.strip():
            return []
        end = span.end_col if span.end_line == span.line else len(line) + 1
        number = f"{span.line:>5}"
        text, mark = excerpt(line, span.col - 1, end - 1, max(20, self._report.width - len(number) - 3))
        if not self._report.color:
            return [f"{number} | {text}", f"{' ' * len(number)} | {mark}"]
        return [
            f"{_DIM}{number} |{_RESET} {text}",
            f"{_DIM}{' ' * len(number)} |{_RESET} {_MARK_COLOR}{mark}{_RESET}",
        ]

    def _source(self, path: str) -> SourceFile | None:
        if path not in self._sources:
            text = self._report.text_of(path)
            self._sources = {path: None if text is None else SourceFile(path, text)}
        return self._sources[path]


def excerpt(line: str, start: int, end: int, width: int) -> tuple[str, str]:
    """Return the part of a line that shows `[start, end)` in at most `width` cells, and the carets that go below it.

    Offsets are 0-based characters and may lie beyond the line (a missing closing quote is found at its end).
    """
    start = max(0, min(start, len(line)))
    end = max(start + 1, min(end, max(len(line), start + 1)))
    if line.isascii() and line.isprintable() and "##" not in line:
        return _plain_excerpt(line, start, end, width)
    if len(line) <= width:
        pieces = _cells_of(line, 0)
        if sum(cells for _, cells in pieces) + 1 <= width:
            return _join(pieces, 0, start, end, cut_left=False, cut_right=False)
    # A cell is at least a character wide (marks without width aside), so `width` characters each way are enough.
    low = max(0, start - width)
    pieces = _cells_of(line[low : start + width], low)
    at = start - low
    budget = width - 3  # an ellipsis on each side and the caret behind the end
    lead = min(budget // 3, max(0, budget - (min(end, start + width) - start)))
    first, used = at, 0
    while first > 0 and used + pieces[first - 1][1] <= lead:
        first -= 1
        used += pieces[first][1]
    last = at
    while last < len(pieces) and used + pieces[last][1] <= budget:
        used += pieces[last][1]
        last += 1
    while last == len(pieces) and first > 0 and used + pieces[first - 1][1] <= budget:
        first -= 1
        used += pieces[first][1]
    return _join(
        pieces[first:last],
        low + first,
        start,
        end,
        cut_left=low + first > 0,
        cut_right=low + last < len(line),
    )


def _plain_excerpt(line: str, start: int, end: int, width: int) -> tuple[str, str]:
    """Do the same for a line whose characters are one cell each: nearly all are, and there may be thousands."""
    if len(line) + 1 <= width:
        return line, " " * start + "^" * (end - start)
    budget = width - 3
    lead = min(budget // 3, max(0, budget - (end - start)))
    last = min(len(line), max(0, start - lead) + budget)
    first = max(0, last - budget) if last == len(line) else max(0, start - lead)
    left = _CUT if first > 0 else ""
    shown = f"{left}{line[first:last]}{_CUT if last < len(line) else ''}"
    return shown, " " * (len(left) + start - first) + "^" * max(1, min(end, last) - start)


def _cells_of(text: str, column: int) -> list[tuple[str, int]]:
    """Return each character as it is printed, with its width; tabs run to the next stop."""
    if text.isascii() and text.isprintable() and "##" not in text:
        return [(character, 1) for character in text]
    pieces: list[tuple[str, int]] = []
    for character, shown in zip(text, visible_characters(text), strict=True):
        if character == "\t":
            cells = _TAB - column % _TAB
            pieces.append((" " * cells, cells))
        else:
            cells = display_width(shown)
            pieces.append((shown, cells))
        column += cells
    return pieces


def _join(
    pieces: list[tuple[str, int]], offset: int, start: int, end: int, *, cut_left: bool, cut_right: bool
) -> tuple[str, str]:
    text = "".join(shown for shown, _ in pieces)
    before = sum(cells for _, cells in pieces[: start - offset])
    marked = sum(cells for _, cells in pieces[start - offset : end - offset])
    left = _CUT if cut_left else ""
    return f"{left}{text}{_CUT if cut_right else ''}", " " * (len(left) + before) + "^" * max(1, marked)
