"""LKP017 unclosed-csv-quote: a quote in a lookup table that is never closed.

## What it does

Reports the row in which a cell begins with `"` and the file ends before the closing one.

## Why it matters

Everything behind the quote, commas and line ends included, becomes one cell: the rest of the table is lost.

## Example

    tool,note
    "nmap.exe,scanner
    psexec.exe,remote shell

## Use instead

    "nmap.exe",scanner

A quote inside of a quoted cell is written twice (`""`).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import decode, line_span, rows, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the row that swallows the rest of its file."""
    for _lookup, path, content in tables(ctx):
        # An even number of quotes is closed; counting is cheaper than a second reading of every table.
        if content.count(b'"') % 2 == 0:
            continue
        text = decode(content)
        if text is None:
            continue
        line = _last_row(text)
        if line is not None:
            yield Found(
                message="a quote that begins in this row is never closed",
                hint='close it, and write quotes inside of a cell twice (`""`)',
                span=line_span(path, text, line),
            )


def _last_row(text: str) -> int | None:
    """Return the line of the row that is still open at the end of the text, or None."""
    line = None
    try:
        for row in rows(text):
            line = row.line
        # A quote more at the end closes the open cell: only then do both readings differ in nothing but that.
        closed = list(csv.reader(io.StringIO(text + '"', newline=""), strict=True))
    except csv.Error:
        return None
    return line if closed else None


RULE = Rule(code="LKP017", name="unclosed-csv-quote", severity=Severity.ERROR, since="0.1", check_pack=check)
