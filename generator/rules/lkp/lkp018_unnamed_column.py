"""LKP018 unnamed-column: a column of a lookup table without a name.

## What it does

Reports empty cells in the header of a lookup's CSV file.

## Why it matters

The column cannot be reached from a search. Mostly there is a comma too many at the end of each line.

## Example

    tool,note,
    nmap.exe,scanner,

## Use instead

A name for the column, or one comma less in each line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import decode, header, line_span, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the headers with empty cells."""
    for _lookup, path, content in tables(ctx):
        text = decode(content)
        names = header(text) if text else []
        if text and len(names) > 1 and "" in names:
            yield Found(
                message=f"column {names.index('') + 1} has no name",
                hint="name it, or drop a comma from each line",
                span=line_span(path, text, 1),
            )


RULE = Rule(code="LKP018", name="unnamed-column", severity=Severity.WARNING, since="0.1", check_pack=check)
