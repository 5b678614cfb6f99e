"""SCH009 date-order: content that was modified before it was created.

## What it does

Reports a `modification_date` earlier than the `creation_date` (native dialect).

## Why it matters

One of the two is wrong, and both are published.

## Example

    creation_date: '2024-09-02'
    modification_date: '2019-01-01'

## Use instead

The day on which the file was first written, and the day of its last change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the object with its dates the wrong way round."""
    item = ctx.item
    created, modified = item.creation_date, item.modification_date
    if created is not None and modified is not None and modified < created:
        yield Found(
            message=f"`modification_date` ({modified.isoformat()}) lies before `creation_date` ({created.isoformat()})",
            hint="correct one of the two",
            pointer=("modification_date",),
        )


RULE = Rule(code="SCH009", name="date-order", severity=Severity.ERROR, since="0.1", check_object=check)
