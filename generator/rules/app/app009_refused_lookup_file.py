"""APP009 refused-lookup-file: a file in `lookups/` that Splunk Cloud does not take.

## What it does

Reports files in `lookups/` of a type that is not on AppInspect's list and that do not read as a table, and tables that
come both as `x.csv` and as `x.csv.default`.

## Why it matters

AppInspect refuses the app.

## Example

    app_template/lookups/notes.txt

## Use instead

Tables as `.csv`; everything else in another folder.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext

_TAKEN = (".csv", ".csv.default", ".csv.gz", ".csv.tgz", ".kmz")
_LONGEST_HEADER = 4096


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the files that are refused."""
    for path, data in ctx.app:
        if not path.startswith("lookups/"):
            continue
        if path.endswith(".csv.default") and path.removesuffix(".default") in ctx.app.files:
            yield Found(
                message=f"`{path}` and the table without `.default` cannot both be there",
                hint="leave one of them out",
                span=place(ctx, path),
            )
        if not path.lower().endswith(_TAKEN):
            reason = _no_table(data)
            if reason is not None:
                yield Found(
                    message=f"`{path}` is no type of lookup file that is allowed, and {reason}",
                    hint="move it out of `lookups/`",
                    span=place(ctx, path),
                )


def _no_table(data: bytes) -> str | None:
    """Say why a file does not read as a table, None when it does."""
    if not data.strip():
        return "it is empty"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if "\r" in text and "\n" not in text:
        return "its lines end in carriage returns only"
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error as error:
        return f"it does not read as a table: {error}"
    width = len(rows[0])
    if len(text.split("\n", 1)[0]) > _LONGEST_HEADER:
        return f"its header is longer than {_LONGEST_HEADER} characters"
    odd = next((number for number, row in enumerate(rows, 1) if len(row) != width), None)
    return f"row {odd} has another number of columns than the header" if odd is not None else None


RULE = Rule(code="APP009", name="refused-lookup-file", severity=Severity.ERROR, since="0.1", check_app=check)
