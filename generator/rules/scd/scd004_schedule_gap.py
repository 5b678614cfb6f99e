"""SCD004 schedule-gap: events between two runs that no run searches.

## What it does

Compares the time range of each run with that of the next: the next one must begin no later than the last one ended.
Schedules of baselines, which look at a period and not at each event once, are left out.

## Why it matters

An attack in the gap is never found, on any system that runs the pack with its schedule.

## Example

    cron_schedule: 0 * * * *
    earliest_time: -30m@m
    latest_time: now

## Use instead

    cron_schedule: 0 * * * *
    earliest_time: -70m@m
    latest_time: -10m@m
"""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import is_for_baselines, runs_of, schedule_of, window_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Scheduling
    from generator.rules.base import ObjectContext

_NOTHING = datetime.timedelta()
_DAY = datetime.timedelta(days=1)


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the schedule whose time ranges do not touch."""
    schedule = schedule_of(ctx.item)
    if schedule is None or is_for_baselines(ctx.item):
        return
    gap = _longest_gap(schedule)
    if gap > _NOTHING:
        yield Found(
            message=f"up to {_shown(gap)} between two runs are never searched",
            hint="let the time range be as long as the time between runs",
            pointer=(*schedule.pointer, "earliest_time"),
        )


def _longest_gap(schedule: Scheduling) -> datetime.timedelta:
    window = window_of(schedule.earliest_time, schedule.latest_time)
    if window is None or not window.is_relative:
        return _NOTHING
    longest = _NOTHING
    for run, following in pairwise(runs_of(schedule.cron_schedule)):
        begin, end = window.at(run)
        if begin >= end:
            return _NOTHING  # the range is empty, which is another finding
        longest = max(longest, window.at(following)[0] - end)
    return longest


def _shown(gap: datetime.timedelta) -> str:
    minutes = int(gap.total_seconds()) // 60
    if minutes < 1:
        return f"{int(gap.total_seconds())} seconds"
    if gap >= 2 * _DAY:
        return f"{gap.days} days"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 120 else f"{minutes} min"


RULE = Rule(
    code="SCD004",
    name="schedule-gap",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("deployment", "detection"),
    check_object=check,
)
