"""SCD006 empty-window: a time range that ends before it begins.

## What it does

Computes the time range of runs and reports schedules of which each run's range is empty.

## Why it matters

Splunk refuses the search, or finds nothing at all.

## Example

    earliest_time: -10m@m
    latest_time: -70m@m

## Use instead

    earliest_time: -70m@m
    latest_time: -10m@m
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import KINDS, runs_of, schedule_of, window_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_ANY = "7 * * * *"


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the range in which there is nothing."""
    schedule = schedule_of(ctx.item)
    if schedule is None:
        return
    window = window_of(schedule.earliest_time, schedule.latest_time)
    if window is None or not window.is_relative:
        return
    runs = runs_of(schedule.cron_schedule) or runs_of(_ANY)
    if all(begin >= end for begin, end in map(window.at, runs)):
        yield Found(
            message=f"the time range from `{schedule.earliest_time}` to `{schedule.latest_time}` is empty",
            hint="the earliest time must lie before the latest",
            pointer=(*schedule.pointer, "earliest_time"),
        )


RULE = Rule(code="SCD006", name="empty-window", severity=Severity.ERROR, since="0.1", kinds=KINDS, check_object=check)
