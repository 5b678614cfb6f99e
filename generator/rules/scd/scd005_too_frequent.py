"""SCD005 too-frequent: a search that runs more than twelve times an hour.

## What it does

Counts the minutes of the cron expression; `*/5` is the most that is not reported.

## Why it matters

Each run takes one of the system's few search slots. AppInspect warns of such schedules, and a pack of hundreds of them
stops the scheduler.

## Example

    cron_schedule: '* * * * *'

## Use instead

    cron_schedule: '*/15 * * * *'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import KINDS, cron_of, schedule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_MOST = 12


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the schedule with too many runs."""
    schedule = schedule_of(ctx.item)
    cron = cron_of(schedule.cron_schedule) if schedule is not None else None
    if schedule is not None and cron is not None and cron.runs_per_hour > _MOST:
        yield Found(
            message=f"the search runs {cron.runs_per_hour} times an hour",
            hint=f"run it at most {_MOST} times an hour",
            pointer=(*schedule.pointer, "cron_schedule"),
        )


RULE = Rule(code="SCD005", name="too-frequent", severity=Severity.WARNING, since="0.1", kinds=KINDS, check_object=check)
