"""The rows of a search in each format: a table for people, JSON, JSON lines and CSV for programs.

Programs get values as the engine gives them (`Result.rows`); people get `_time` as a moment and no other internal fields.
Events that were not transformed are shown as a list of raw texts. Everything printed for people is made safe for a terminal.
"""

from __future__ import annotations

import csv
import datetime
import io
from typing import TYPE_CHECKING, Any

from generator.engine.run import written
from generator.engine.values import elements, number_of, text_of
from generator.report.explained import as_data
from generator.report.visible import display_width, encodable, json_line, json_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.engine.explain import Explanation
    from generator.engine.run import Result
    from generator.engine.table import Table
    from generator.engine.values import Value

ROW_FORMATS = ("table", "json", "jsonl", "csv")

_CELL = 60
"""A cell longer than this may be folded before the table gives way to a list of records."""
_NARROW = 20
_META = ("host", "source", "sourcetype")


def machine_text(format_name: str, shown: Table, result: Result, explanation: Explanation | None) -> str:
    """Return rows as `json`, `jsonl` or `csv`. `shown` are those of the result that are wanted."""
    names = shown.names()
    rows = written_rows(shown, names)
    if format_name == "json":
        data: dict[str, Any] = {
            "fields": [encodable(name) for name in names],
            "rows": rows,
            "messages": [{"type": one.kind, "text": encodable(one.text)} for one in result.messages],
        }
        if explanation is not None:
            data["explanation"] = as_data(explanation)
        return json_text(data)
    if format_name == "jsonl":
        return "".join(map(json_line, rows))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: cell if isinstance(cell, str) else "\n".join(cell) for name, cell in row.items()})
    return out.getvalue()


def written_rows(table: Table, names: Sequence[str]) -> list[dict[str, str | list[str]]]:
    """Return rows as texts, or lists of texts for multivalues, that UTF-8 can hold."""
    found: list[dict[str, str | list[str]]] = []
    for row in table.rows(names):
        cells = {encodable(name): written(value) for name, value in row.items()}
        found.append(
            {
                name: encodable(cell) if isinstance(cell, str) else list(map(encodable, cell))
                for name, cell in cells.items()
            }
        )
    return found


def people_text(table: Table, total: int, *, color: bool, width: int | None) -> str:
    """Return rows for people; `total` is how many there are. `width` is that of a terminal, None where output is piped."""
    if not total:
        return "no results found\n"
    hidden = total - table.length
    more = f"... {hidden:,} more rows; --limit 0 shows them all\n" if hidden and width is not None else ""
    if table.is_lazy and "_raw" in table:
        return _events(table, color=color, width=width) + more
    names = [name for name in table.names() if not name.startswith("_") or name in {"_time", "_raw"}]
    cells = [[_lines(name, row.get(name)) for name in names] for row in table.rows(names)]
    titles = [visible(name) for name in names]
    if width is None:
        return _plain(titles, cells)
    from generator.report import boxes  # noqa: PLC0415 - rich is for terminals only

    widths = [
        max(display_width(title), *(display_width(line) for row in cells for line in row[place] or [""]), 1)
        for place, title in enumerate(titles)
    ]
    if sum(min(one, _NARROW if len(names) > 1 else _CELL) + 3 for one in widths) > width:
        return boxes.records(titles, cells, color=color, width=width) + more
    return boxes.boxed(titles, cells, color=color, width=width) + more


def _lines(name: str, value: Value) -> list[str]:
    """Return a cell's values, each as text that a terminal can only print."""
    if name == "_time" and (at := number_of(value)) is not None:
        return [moment(at)]
    return [visible(text_of(one)) for one in elements(value)]


def moment(seconds: float) -> str:
    """Return a time in seconds since 1970 as `2026-10-27 13:30:00.250` in UTC."""
    try:
        at = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (OverflowError, ValueError, OSError):
        return str(seconds)
    text = at.strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}.{at.microsecond // 1000:03}" if at.microsecond else text


def _plain(titles: list[str], cells: list[list[list[str]]]) -> str:
    """Return columns that are aligned, one line a row, for pipes and files."""
    rows = [titles, *([", ".join(cell) for cell in row] for row in cells)]
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)] if titles else []
    out = []
    for row in rows:
        padded = (cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True))
        out.append("  ".join(padded).rstrip() + "\n")
    return "".join(out)


def _events(table: Table, *, color: bool, width: int | None) -> str:
    """Return events as a list: time and raw text, and where it came from."""
    own = [name for name in table.indexed() if name not in {*_META, "_time", "_raw", "index"} and name[0] != "_"]
    out: list[str] = []
    for row in table.rows(["_time", "_raw", *_META, *own]):
        time = " ".join(_lines("_time", row.get("_time")))
        raw = [visible(line) for line in " ".join(_texts(row.get("_raw"))).split("\n")]
        if width is None:
            out.append(f"{time}  {visible(' '.join(_texts(row.get('_raw'))))}".lstrip() + "\n")
            continue
        indent = " " * (len(time) + 2)
        out.append(f"{_styled(time, '1;36', color=color)}  {raw[0]}\n")
        out += [f"{indent}{line}\n" for line in raw[1:]]
        about = "  ".join(
            f"{visible(name)}={visible(', '.join(_texts(row[name])))}" for name in (*_META, *own) if name in row
        )
        out.append(f"{indent}{_styled(about, '2', color=color)}\n")
    return "".join(out)


def _styled(text: str, codes: str, *, color: bool) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m" if color else text


def _texts(value: Value) -> Iterable[str]:
    return [text_of(one) for one in elements(value)]
