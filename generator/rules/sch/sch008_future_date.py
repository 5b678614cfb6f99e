"""SCH008 future-date: a date that has not come yet.

## What it does

Reports a `date`, `creation_date` or `modification_date` later than today (UTC). In the older dialects v3 and v4, whose
tools took any date, it is a warning.

## Why it matters

The date is published with the content, and is what updates are ordered by. A day of the future is mostly a slip.

## Example

    date: '2204-01-02'

## Use instead

The day of the last change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_LENIENT = {Dialect.V3, Dialect.V4}


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the dates later than today."""
    today = ctx.env.today
    item = ctx.item
    if today is None:
        return
    # The older dialects have one date, which fills both of the model's.
    dates = {
        "creation_date": item.creation_date,
        "modification_date": item.modification_date,
        "date": item.creation_date,
    }
    for key, date in dates.items():
        if date is not None and date > today and key in item.document.data:
            yield Found(
                message=f"`{key}` is {date.isoformat()}, which lies in the future",
                hint="give the day of the last change",
                pointer=(key,),
                severity=Severity.WARNING if item.document.dialect in _LENIENT else None,
            )


RULE = Rule(code="SCH008", name="future-date", severity=Severity.ERROR, since="0.1", check_object=check)
