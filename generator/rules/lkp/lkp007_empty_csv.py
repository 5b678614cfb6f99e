"""LKP007 empty-csv: a lookup table without even a header.

## What it does

Reports CSV files of lookups that are empty or hold blank lines only. A header without rows is fine: such a table waits
to be filled.

## Why it matters

Without a header the lookup has no columns, and every search that uses it fails.

## Example

    (a file of 0 bytes)

## Use instead

At least the header line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import BOM, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the tables without a header."""
    for _lookup, path, content in tables(ctx):
        if not content.removeprefix(BOM).strip():
            yield Found(message="the table is empty", hint="write at least the header line", span=Span(path))


RULE = Rule(code="LKP007", name="empty-csv", severity=Severity.ERROR, since="0.1", check_pack=check)
