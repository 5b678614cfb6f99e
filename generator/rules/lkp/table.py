"""The CSV files behind lookups, read so that bad ones can be described: bytes, text, rows with their lines.

Splunk reads lookup files as UTF-8 and as the usual CSV: `,` between cells, `"` around cells that hold commas or line
ends. Nothing is repaired here.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from generator.base.source import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Lookup
    from generator.rules.base import PackContext

BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")


class Row(NamedTuple):
    """One row: the line that it begins on (1-based) and its cells; a blank line is a row without cells."""

    line: int
    cells: list[str]


def tables(ctx: PackContext) -> Iterator[tuple[Lookup, str, bytes]]:
    """Yield each CSV lookup whose data file is there, with the file's path and bytes; a shared file comes once."""
    seen: set[str] = set()
    for lookup in ctx.pack.lookups:
        path = lookup.data_path
        if path is None or path in seen or not path.lower().endswith(".csv"):
            continue
        seen.add(path)
        content = ctx.read_file(path)
        if content is not None:
            yield lookup, path, content


def decode(content: bytes) -> str | None:
    """Return the text without a byte order mark, or None when it is not UTF-8."""
    try:
        return content.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        return None


def rows(text: str) -> Iterator[Row]:
    """Yield the rows of a table.

    Raises:
        csv.Error: a cell is too long to be one; the rows before it were yielded.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    for cells in reader:
        yield Row(line, cells)
        line = reader.line_num + 1


def header(text: str) -> list[str]:
    """Return the names of the columns (without blanks around them); empty when there is no header."""
    try:
        first = next(rows(text), None)
    except csv.Error:
        return []
    return [cell.strip() for cell in first.cells] if first is not None else []


def line_span(path: str, text: str, line: int) -> Span:
    """Return the span of a whole line, as `rows` counts lines (a lone carriage return ends one too)."""
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    width = len(SourceFile(path, text).line(line))
    return Span(path, line, 1, line, width + 1)


def byte_span(path: str, content: bytes, offset: int, length: int = 1) -> Span:
    """Return the span of a byte of a file that is not UTF-8, counted in characters as far as there are any."""
    line = content.count(b"\n", 0, offset) + 1
    before = content[content.rfind(b"\n", 0, offset) + 1 : offset].removeprefix(BOM)
    col = len(before.decode(errors="replace")) + 1
    return Span(path, line, col, line, col + length)
