"""LKP004 csv-byte-order-mark: a lookup table that begins with a byte order mark.

## What it does

Reports CSV files of lookups that begin with the bytes EF BB BF.

## Why it matters

The mark becomes part of the first column's name: searches that use the column by its name find nothing. Spreadsheet
programs write it when they save as "CSV UTF-8".

## Example

    <U+FEFF>tool,description

## Use instead

Save the file as UTF-8 without a byte order mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import BOM, decode, header, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the tables that begin with the mark."""
    for _lookup, path, content in tables(ctx):
        if content.startswith(BOM):
            names = header(decode(content) or "")
            what = f": the first column is then not called `{names[0]}`" if names else ""
            yield Found(
                message=f"the file begins with a byte order mark{what}",
                hint="save the file as UTF-8 without a byte order mark",
                span=Span(path, 1, 1, 1, 2),
            )


RULE = Rule(code="LKP004", name="csv-byte-order-mark", severity=Severity.ERROR, since="0.1", check_pack=check)
