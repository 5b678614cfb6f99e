"""REF002 unknown-data-source: a detection over a data source that does not exist.

## What it does

Reports names under `data_source` that no file in `data_sources/` has. `A AND B` names two. Files in contentctl's v4
dialect get a warning only, since that tool let such names pass; those of v3, which had no data source files, get none.

## Why it matters

The data source says which add-on brings the events, and with which fields. A name that leads nowhere tells users and
tests nothing.

## Example

    data_source:
    - Sysmon EventID One

## Use instead

The exact `name` of a data source, or a new file in `data_sources/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect, Kind
from generator.rules.base import Rule
from generator.rules.ref.names import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import Found, ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the data sources that are named and do not exist."""
    lenient = ctx.item.document.dialect is Dialect.V4
    yield from unknown(ctx, Kind.DATA_SOURCE, Severity.WARNING if lenient else None)


RULE = Rule(
    code="REF002",
    name="unknown-data-source",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
