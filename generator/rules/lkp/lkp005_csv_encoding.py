"""LKP005 csv-encoding: a lookup table that is not UTF-8.

## What it does

Reports the first byte of a lookup's CSV file that is no valid UTF-8.

## Why it matters

Splunk reads lookup files as UTF-8: cells with such bytes match nothing and are shown broken.

## Example

    name,city
    Ren<byte E9>,Lyon

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
    """Yield the first bad byte of each table."""
    for _lookup, path, content in tables(ctx):
        try:
            content.decode()
        except UnicodeDecodeError as error:
            yield Found(
                message=f"the byte {content[error.start]:02X} is not valid UTF-8",
                hint="save the file as UTF-8",
                span=byte_span(path, content, error.start),
            )


RULE = Rule(code="LKP005", name="csv-encoding", severity=Severity.ERROR, since="0.1", check_pack=check)
