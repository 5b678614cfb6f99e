"""Rows of a search in the formats of `results`, `events` and `export`: JSON, JSON by rows and by columns, XML, CSV, raw text.

Shapes: REST API Reference, "search/jobs/{search_id}/results"; `splunklib.results`. `_time` is a moment in UTC with milliseconds; a
multivalue is a list in JSON and lines in CSV.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

import orjson

from generator.engine.run import written
from generator.engine.values import number_of
from generator.functions.time import format_time
from generator.splunkd.call import ApiError
from generator.splunkd.replies import JSON, TEXT, XML, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.engine.table import Table

    Row = dict[str, "str | list[str]"]

FORMATS = ("xml", "json", "json_rows", "json_cols", "csv", "raw")
KINDS = {"xml": XML, "csv": "text/csv; charset=UTF-8", "raw": TEXT}

_SPECIAL = re.compile(r'[",\r\n]')
_HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"


def result_rows(table: Table, names: Sequence[str], time_format: str = "") -> list[Row]:
    """Return rows as texts and lists of texts, absent fields left out, `_time` as moment."""
    rows: list[Row] = []
    for row in table.rows(names):
        cells = {name: _clean(written(value)) for name, value in row.items()}
        if "_time" in row and (at := number_of(row["_time"])) is not None:
            cells["_time"] = moment(at, time_format)
        rows.append(cells)
    return rows


def _clean(value: str | list[str]) -> str | list[str]:
    if isinstance(value, list):
        return [part.encode("utf-8", "replace").decode() for part in value]
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def moment(seconds: float, time_format: str = "") -> str:
    """Return a time as `2026-10-27T13:30:00.250+00:00`, or as a format of `strftime` says."""
    try:
        at = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
        if time_format:
            return format_time(seconds, time_format) or ""
        return at.isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def formatted(
    mode: str,
    names: Sequence[str],
    rows: Sequence[Row],
    *,
    offset: int = 0,
    preview: bool = False,
    messages: Sequence[tuple[str, str]] = (),
) -> tuple[bytes, str]:
    """Return rows in a format, and its content type.

    Raises:
        ApiError: 400 for a format that there is not.
    """
    if mode == "json":
        return orjson.dumps(
            {
                "preview": preview,
                "init_offset": offset,
                "messages": _told(messages),
                "fields": [{"name": name} for name in names],
                "results": rows,
                "highlighted": {},
            }
        ), JSON
    if mode == "json_rows":
        cells = [[row.get(name) for name in names] for row in rows]
        return orjson.dumps(_by_names(names, preview, offset, messages) | {"rows": cells}), JSON
    if mode == "json_cols":
        columns = [[row.get(name) for row in rows] for name in names]
        return orjson.dumps(_by_names(names, preview, offset, messages) | {"columns": columns}), JSON
    if mode == "xml":
        return xml_text(names, rows, offset, preview=preview, messages=messages).encode("utf-8", "replace"), XML
    if mode == "csv":
        return csv_text(names, rows).encode("utf-8", "replace"), KINDS["csv"]
    if mode == "raw":
        lines = ("\n".join(_list(row.get("_raw", ""))) + "\n" for row in rows)
        return "".join(lines).encode("utf-8", "replace"), TEXT
    raise ApiError(400, f"Invalid output_mode '{mode}': one of {', '.join(FORMATS)} is expected.")


def _told(messages: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"type": kind, "text": text} for kind, text in messages]


def _by_names(names: Sequence[str], preview: bool, offset: int, messages: Sequence[tuple[str, str]]) -> dict[str, Any]:  # noqa: FBT001 - parts of one answer
    return {"preview": preview, "init_offset": offset, "messages": _told(messages), "fields": list(names)}


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def csv_text(names: Sequence[str], rows: Sequence[Row]) -> str:
    """Return rows as CSV with a header line."""
    if not names:
        return ""
    lines = [list(names), *(["\n".join(_list(row.get(name, ""))) for name in names] for row in rows)]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _quoted(cell: str) -> str:
    # The module csv leaves a lone carriage return as it is where lines end otherwise; its own reader then breaks there.
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def xml_text(
    names: Sequence[str],
    rows: Sequence[Row],
    offset: int,
    *,
    preview: bool = False,
    messages: Sequence[tuple[str, str]] = (),
) -> str:
    """Return rows as Splunk's results document."""
    parts = [_HEAD, f"<results preview='{int(preview)}'>\n<meta>\n<fieldOrder>\n"]
    parts += [f"<field>{escape(name)}</field>\n" for name in names]
    parts.append("</fieldOrder>\n</meta>\n")
    if messages:
        parts.append("<messages>\n")
        parts += [f"<msg type='{kind}'>{escape(text)}</msg>\n" for kind, text in messages]
        parts.append("</messages>\n")
    for number, row in enumerate(rows, offset):
        parts.append(f"<result offset='{number}'>\n")
        for name in names:
            value = row.get(name)
            if value is None:
                continue
            parts.append(f"<field k='{escape(name)}'>\n")
            if name == "_raw":
                parts.append(f"<v xml:space='preserve' trunc='0'>{escape(' '.join(_list(value)))}</v>\n")
            else:
                parts += [f"<value><text>{escape(one)}</text></value>\n" for one in _list(value)]
            parts.append("</field>\n")
        parts.append("</result>\n")
    parts.append("</results>\n")
    return "".join(parts)


def export_lines(names: Sequence[str], rows: Sequence[Row], offset: int, *, last: bool) -> bytes:
    """Return rows of an export as JSON, one object a line; the last of all says so."""
    del names
    parts = []
    for number, row in enumerate(rows, offset):
        line: dict[str, Any] = {"preview": False, "offset": number}
        if last and number == offset + len(rows) - 1:
            line["lastrow"] = True
        line["result"] = row
        parts.append(orjson.dumps(line))
    return b"\n".join(parts) + (b"\n" if parts else b"")
