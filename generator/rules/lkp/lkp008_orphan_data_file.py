"""LKP008 orphan-data-file: a table that no lookup uses.

## What it does

Reports `.csv` and `.mlmodel` files below `lookups/` that are not the data file of any lookup.

## Why it matters

The file is not packaged. Either its definition is missing or names another file, or it is left over.

## Example

    lookups/orphan_table.csv, and no lookups/orphan_table.yml

## Use instead

Add a definition, correct the name, or delete the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule
from generator.rules.unread import may_be_named, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the data files that no lookup uses."""
    used = {lookup.data_path for lookup in ctx.pack.lookups}
    unread = unread_texts(ctx.pack)
    for path in sorted(ctx.pack.files):
        if path.startswith("lookups/") and path.lower().endswith((".csv", ".mlmodel")) and path not in used:
            # A definition that could not be read names its table, or is called like it.
            if may_be_named(path.rpartition("/")[2].rpartition(".")[0], unread):
                continue
            yield Found(
                message=f"no lookup uses `{path}`",
                hint=f"add `{path.rpartition('.')[0]}.yml`, or delete the file",
                span=Span(path),
            )


RULE = Rule(code="LKP008", name="orphan-data-file", severity=Severity.WARNING, since="0.1", check_pack=check)
