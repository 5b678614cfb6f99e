"""LKP016 large-data-file: a lookup table of more than 25 MiB.

## What it does

Reports data files of lookups above 25 MiB (26,214,400 bytes), Splunk's default for `max_memtable_bytes`.

## Why it matters

Splunk keeps smaller tables in memory; a larger one is indexed on disk, which slows every search that uses it. It also
makes the app slow to install and to replicate to the indexers.

## Example

    lookups/all_domains.csv of 60 MB

## Use instead

A KV store lookup that a search or an input fills, or a smaller table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext

_LIMIT = 25 * 1024 * 1024


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the data files above the limit."""
    for path in sorted({lookup.data_path for lookup in ctx.pack.lookups if lookup.data_path}):
        file = ctx.pack.files.get(path)
        if file is not None and file.size > _LIMIT:
            yield Found(
                message=f"the table has {file.size / 1024 / 1024:.0f} MiB",
                hint="use a KV store lookup for tables of this size",
                span=Span(path),
            )


RULE = Rule(code="LKP016", name="large-data-file", severity=Severity.WARNING, since="0.1", check_pack=check)
