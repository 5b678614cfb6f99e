"""What a search did, for people and as data: its stages, and why nothing was found; and where in its text an error lies.

Offsets of the engine lie in the text with macros expanded; they are led back to the text that the user gave. What lies in a
macro is marked at its call, with the place in the expanded text below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from generator.base.source import SourceFile
from generator.report.full import excerpt
from generator.report.visible import display_width, encodable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.engine.explain import Dropped, Explanation, Missed, Near
    from generator.spl.macros import MacroExpander

_BOLD = "1"
_DIM = "2"
_RED = "1;31"
_GREEN = "1;32"
_CYAN = "1;36"


class Place(NamedTuple):
    """`[start, end)` of a search as the engine ran it; `start` is -1 without a place."""

    text: str
    start: int
    end: int


class SearchText:
    """A search as the user wrote it, with the way back from places in its expanded text."""

    def __init__(self, text: str, expander: MacroExpander, *, color: bool, width: int) -> None:
        self._source = SourceFile("search", text)
        self._expansion = expander.expand(text)
        self._color = color
        self._width = width

    def error(self, message: str, place: Place) -> str:
        """Return an error of the search with its place, as `validate` prints findings."""
        where, frame = self.frame(place)
        head = f"{_styled(where, _BOLD, color=self._color)} " if where else ""
        return f"{head}{_styled('error:', _RED, color=self._color)} {visible(message)}\n{frame}"

    def frame(self, place: Place) -> tuple[str, str]:
        """Return `search:line:col:` and the line with the place marked; both empty without a place."""
        if place.start < 0:
            return "", ""
        if place.text and place.text != self._expansion.text:
            inner = SourceFile("search", place.text)
            return "", f"  in a search that this one runs:\n{self._marked(inner, place.start, place.end)}"
        first = self._expansion.origin(place.start)
        last = self._expansion.origin(max(place.start, place.end - 1))
        start = first.chain[0].start if first.chain else first.offset
        end = max(origin.chain[0].end if origin.chain else origin.offset + 1 for origin in (first, last))
        line, col = self._source.line_col(start)
        shown = self._marked(self._source, start, end)
        if first.chain:
            shown += f"  in the macro `{visible(first.chain[-1].name)}`, expanded:\n"
            shown += self._marked(SourceFile("search", self._expansion.text), place.start, place.end)
        return f"search:{line}:{col}:", shown

    def _marked(self, source: SourceFile, start: int, end: int) -> str:
        span = source.span(start, end)
        line = source.line(span.line)
        if not line.strip():
            return ""
        end_col = span.end_col if span.end_line == span.line else len(line) + 1
        text, mark = excerpt(line, span.col - 1, end_col - 1, max(20, self._width - 8))
        number = f"{span.line:>5}"
        bar = _styled(f"{number} |", _DIM, color=self._color), _styled(f"{' ' * 5} |", _DIM, color=self._color)
        return f"{bar[0]} {text}\n{bar[1]} {_styled(mark, _RED, color=self._color)}\n"


def people_text(explanation: Explanation, search: SearchText, *, color: bool, width: int) -> str:
    """Return the stages as a table, and where the last rows went."""
    dropped = explanation.dropped
    lines = [_styled("      rows in   rows out        time  stage", _BOLD, color=color)]
    for number, stage in enumerate(explanation.stages):
        text = visible(" ".join(stage.text.split()) or stage.command)
        cut = max(20, width - 40)
        text = text if len(text) <= cut else f"{text[: cut - 1]}…"
        line = f"{number + 1:>3} {stage.rows_in:>9,}  {stage.rows_out:>9,}  {_duration(stage.seconds):>10}  {text}"
        lines.append(_styled(line, _RED, color=color) if dropped is not None and number == dropped.stage else line)
    told = "".join(f"{line}\n" for line in lines)
    return told if dropped is None else f"{told}\n{_dropped(dropped, search, color=color, width=width)}"


def _dropped(dropped: Dropped, search: SearchText, *, color: bool, width: int) -> str:
    where, frame = search.frame(Place(dropped.text, dropped.start, dropped.end))
    head = f"{_styled(where, _BOLD, color=color)} " if where else ""
    reason = f"{head}nothing was found: {visible(dropped.reason)} (stage {dropped.stage + 1})\n"
    told = reason + frame
    if dropped.nearest:
        told += f"\n{_styled('what came nearest', _BOLD, color=color)}\n"
        told += "".join(line + "\n" for near in dropped.nearest for line in _near(near, color=color, width=width))
    for hint in dropped.hints:
        told += f"{_styled('help:', _GREEN, color=color)} {visible(hint)}\n"
    return told


def _near(near: Near, *, color: bool, width: int) -> Iterator[str]:
    count = f"{near.count:,} row{'' if near.count == 1 else 's'}"
    first = f", the first at {near.time}" if near.time and near.count > 1 else f" at {near.time}" if near.time else ""
    yield f"  {count}{first}"
    for missed in near.missed:
        yield from _missed(missed, color=color, width=width)
    if near.raw:
        raw = _around(near.raw, next((one.got for one in near.missed if one.got), ""), max(20, width - 8))
        yield _styled(f"      {raw}", _DIM, color=color)


def _around(raw: str, got: str, limit: int) -> str:
    """Return the part of a raw event where a value stands, else its beginning."""
    at = max(0, raw.find(got) - limit // 3) if len(raw) > limit else 0
    limit -= bool(at) + (at + limit < len(raw))
    cut = visible(raw[at : at + limit])[:limit]
    return f"{'…' if at else ''}{cut}{'…' if at + limit < len(raw) else ''}"


def _missed(missed: Missed, *, color: bool, width: int) -> Iterator[str]:
    limit = max(20, width - 12)
    yield f"      {_styled(visible(missed.field or 'condition'), _CYAN, color=color)}"
    yield f"        wanted  {_cut(missed.wanted, limit)}"
    if missed.got is None:
        yield "        got     nothing: it has no such field"
    elif missed.got or missed.field != "_raw":
        yield f"        got     {_cut(missed.got, limit)}"
    if missed.note:
        yield f"        note    {visible(missed.note)}"


def _cut(text: str, limit: int) -> str:
    text = visible(text)
    return text if display_width(text) <= limit else f"{text[: limit - 1]}…"


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms" if seconds < 10 else f"{seconds:,.1f} s"


def _styled(text: str, codes: str, *, color: bool) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m" if color else text


def as_data(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as plain data: `stages`, and `dropped`, which is null where something was found."""
    dropped = explanation.dropped
    return {
        "stages": [
            {
                "command": stage.command,
                "text": encodable(stage.text),
                "rows_in": stage.rows_in,
                "rows_out": stage.rows_out,
                "seconds": round(stage.seconds, 6),
            }
            for stage in explanation.stages
        ],
        "dropped": None
        if dropped is None
        else {
            "stage": dropped.stage,
            "command": dropped.command,
            "reason": encodable(dropped.reason),
            "clause": encodable(dropped.clause),
            "before": dropped.before,
            "nearest": [
                {
                    "count": near.count,
                    "time": near.time,
                    "raw": encodable(near.raw),
                    "missed": [
                        {
                            "clause": encodable(missed.clause),
                            "field": encodable(missed.field),
                            "wanted": encodable(missed.wanted),
                            "got": None if missed.got is None else encodable(missed.got),
                            "note": missed.note,
                        }
                        for missed in near.missed
                    ],
                }
                for near in dropped.nearest
            ],
            "hints": list(map(encodable, dropped.hints)),
            "inside": list(dropped.inside),
        },
    }
