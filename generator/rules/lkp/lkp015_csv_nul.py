"""LKP015 csv-nul: a lookup table with NUL bytes.

## What it does

Reports the first NUL byte of a lookup's CSV file.

## Why it matters

A NUL ends the text for parts of Splunk: the rest of the cell, or of the file, is lost. Most often the file is UTF-16.

## Example

    t<NUL>o<NUL>o<NUL>l<NUL>

## Use instead

Save the file as UTF-8.
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
    """Yield the first NUL byte of each table."""
    for _lookup, path, content in tables(ctx):
        first = content.find(b"\0")
        if first != -1:
            yield Found(
                message="the table holds a NUL byte",
                hint="save the file as UTF-8",
                span=byte_span(path, content, first),
            )


RULE = Rule(code="LKP015", name="csv-nul", severity=Severity.ERROR, since="0.1", check_pack=check)
