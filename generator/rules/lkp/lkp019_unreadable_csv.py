"""LKP019 unreadable-csv: a lookup table with a cell too long to be one.

## What it does

Reports the row of a lookup's CSV file with a cell of more than 131,072 characters, at which reading stops.

## Why it matters

A cell of that size is no value that a search could match: nearly always a quote is missing and has swallowed rows.

## Example

    tool,note
    nmap.exe,"scanner
    (thousands of rows)

## Use instead

Close the quote, or shorten the cell.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import decode, line_span, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext

_CELL = 131_072


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the row at which reading stops."""
    for _lookup, path, content in tables(ctx):
        # A table smaller than the limit of one cell cannot break it.
        if len(content) <= _CELL:
            continue
        text = decode(content)
        if text is None:
            continue
        reader = csv.reader(io.StringIO(text, newline=""))
        line = 1
        try:
            for _cells in reader:
                line = reader.line_num + 1
        except csv.Error as error:
            yield Found(
                message=f"the table cannot be read from this row on: {error}",
                hint="look for a quote that is not closed",
                span=line_span(path, text, line),
            )


RULE = Rule(code="LKP019", name="unreadable-csv", severity=Severity.ERROR, since="0.1", check_pack=check)
