"""SCD011 two-schedules: a search with a schedule by name and another of its own.

## What it does

In the native dialect, reports detections and baselines that have both `schedule` and `custom_schedule`.

## Why it matters

A search has one schedule. Which of the two counts is different from tool to tool; contentctl-ng refuses the file.

## Example

    schedule: Every Night
    custom_schedule:
      cron_schedule: 0 2 * * *

## Use instead

One of them.
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
    """Yield the schedule that is one too many."""
    document = ctx.item.document
    data = document.data
    if document.dialect is Dialect.NATIVE and data.get("schedule") and data.get("custom_schedule"):
        yield Found(
            message="the search has a `schedule` and a `custom_schedule`",
            hint="keep one of them",
            pointer=("custom_schedule",),
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
