"""SCD010 missing-lag: a time range that ends at the moment of the run.

## What it does

Reports detections' schedules whose latest time is `now`, when the ranges of two runs do not overlap.

## Why it matters

Events need seconds to minutes to be indexed. What happened just before the run arrives after it, and the next run begins
behind it: such events are never searched.

## Example

    cron_schedule: 0 * * * *
    earliest_time: -1h
    latest_time: now

## Use instead

    cron_schedule: 0 * * * *
    earliest_time: -70m@m
    latest_time: -10m@m
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import is_for_baselines, runs_of, schedule_of, window_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the latest time that leaves no time for indexing."""
    schedule = schedule_of(ctx.item)
    if schedule is None or is_for_baselines(ctx.item):
        return
    window = window_of(schedule.earliest_time, schedule.latest_time)
    if window is None or not window.is_relative or window.latest.steps:
        return
    runs = runs_of(schedule.cron_schedule)
    if any(window.at(following)[0] >= run for run, following in pairwise(runs)):
        yield Found(
            message="events that are indexed after the run are never searched",
            hint="end the time range some minutes before the run, such as `-10m@m`",
            pointer=(*schedule.pointer, "latest_time"),
        )


RULE = Rule(
    code="SCD010",
    name="missing-lag",
    severity=Severity.INFO,
    since="0.1",
    kinds=("deployment", "detection"),
    check_object=check,
)
