"""LKP021 data-file-elsewhere: a lookup whose file name holds a path.

## What it does

Reports a `filename` (v4 dialect) with `/`, a backslash or `..` in it.

## Why it matters

A lookup's table lies beside its definition, and in the app in `lookups/`. A path would lead out of the pack when the app
is built, and out of the app's folder in Splunk.

## Example

    filename: ../../secrets.csv

## Use instead

    filename: secrets.csv
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect, Lookup
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the file name that is a path."""
    item = ctx.item
    name = item.document.data.get("filename")
    if not isinstance(item, Lookup) or item.document.dialect in {Dialect.V5, Dialect.NATIVE}:
        return
    if isinstance(name, str) and is_path(name):
        yield Found(
            message=f"the file name `{name}` is a path",
            hint="put the file beside the definition and give its name alone",
            pointer=("filename",),
        )


def is_path(name: str) -> bool:
    """Tell whether a file name leads anywhere but into its own folder."""
    return "/" in name or "\\" in name or name in {".", ".."}


RULE = Rule(
    code="LKP021",
    name="data-file-elsewhere",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("lookup",),
    check_object=check,
)
