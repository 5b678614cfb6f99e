"""LKP014 csv-line-ends: a lookup table whose lines end in carriage returns only.

## What it does

Reports CSV files of lookups with carriage returns and without a single line feed.

## Why it matters

Such files come from old spreadsheet programs. Splunk sees one long line: a header, and no rows.

## Example

    tool,note<CR>nmap.exe,scanner<CR>

## Use instead

Line feeds (or carriage return and line feed) at the ends of lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import byte_span, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the tables of one long line."""
    for _lookup, path, content in tables(ctx):
        first = content.find(b"\r")
        if first != -1 and b"\n" not in content:
            yield Found(
                message="the lines end in carriage returns only",
                hint="save the file with line feeds",
                span=byte_span(path, content, first),
            )


RULE = Rule(code="LKP014", name="csv-line-ends", severity=Severity.ERROR, since="0.1", check_pack=check)
