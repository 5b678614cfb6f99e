"""SCD011 two-schedules: a search with `schedule` and `custom_schedule`.

## What it does

In the native dialect, reports searches that name a schedule and have one of their own as well.

## Why it matters

Only one of them can be in force. Whoever reads the other expects the search at another time than it runs.

## Example

    schedule: Default EventBasedDetection
    custom_schedule:
        cron_schedule: 0 3 * * *

## Use instead

One of the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the name of the schedule that stands beside another."""
    document = ctx.item.document
    if document.dialect is not Dialect.NATIVE:
        return
    if document.data.get("schedule") is not None and document.data.get("custom_schedule") is not None:
        yield Found(
            message="`schedule` and `custom_schedule` exclude each other",
            hint="keep one of them",
            pointer=("schedule",),
            key=True,
        )


RULE = Rule(
    code="SCD011",
    name="two-schedules",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
