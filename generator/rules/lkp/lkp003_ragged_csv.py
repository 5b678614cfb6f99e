"""LKP003 ragged-csv: a row of a lookup table with more or fewer cells than the header.

## What it does

Compares the number of cells of each row of a lookup's CSV with that of its header. Blank lines are no rows. After twenty
such rows of a file the rest is counted, not listed.

## Why it matters

Splunk drops the cells that are too many and leaves those that are missing empty, so values end up under the wrong name.
Usually a text with a comma lacks its quotes.

## Example

    tool,description
    nmap.exe,scans hosts, and listening ports

## Use instead

    tool,description
    nmap.exe,"scans hosts, and listening ports"
"""

from __future__ import annotations

import csv
from contextlib import suppress
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import Row, decode, line_span, rows, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext

_LISTED = 20


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the rows that do not fit the header."""
    for _lookup, path, content in tables(ctx):
        text = decode(content)
        if text is None:
            continue
        width, bad = _misfits(text)
        for row in bad[:_LISTED]:
            yield Found(
                message=f"the row has {_cells(len(row.cells))}, and the header has {width}",
                hint="put quotes around cells that hold commas"
                if len(row.cells) > width
                else "add the missing cells, empty ones as well",
                span=line_span(path, text, row.line),
            )
        if len(bad) > _LISTED:
            yield Found(
                message=f"{len(bad) - _LISTED} more rows have another number of cells than the header",
                span=line_span(path, text, bad[_LISTED].line),
            )


def _misfits(text: str) -> tuple[int, list[Row]]:
    table = rows(text)
    bad: list[Row] = []
    width = 0
    # LKP019 reports where a table cannot be read; the rows before that place count all the same.
    with suppress(csv.Error):
        for row in table:
            if not row.cells:
                continue
            if not width:
                width = len(row.cells)
            elif len(row.cells) != width:
                bad.append(row)
    return width, bad


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


RULE = Rule(code="LKP003", name="ragged-csv", severity=Severity.ERROR, since="0.1", check_pack=check)
