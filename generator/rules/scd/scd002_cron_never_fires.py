"""SCD002 cron-never-fires: a schedule for a day that no calendar has.

## What it does

Reports cron expressions whose days do not occur in any of their months.

## Why it matters

The search never runs. Neither Splunk nor AppInspect says a word.

## Example

    cron_schedule: 0 0 31 2 *

## Use instead

    cron_schedule: 0 0 28 2 *
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import KINDS, cron_of, schedule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the cron expression without a day."""
    schedule = schedule_of(ctx.item)
    cron = cron_of(schedule.cron_schedule) if schedule is not None else None
    if schedule is not None and cron is not None and cron.never_fires:
        yield Found(
            message=f"`{schedule.cron_schedule}` never fires: none of its months has such a day",
            hint="choose a day that the months have",
            pointer=(*schedule.pointer, "cron_schedule"),
        )


RULE = Rule(
    code="SCD002", name="cron-never-fires", severity=Severity.ERROR, since="0.1", kinds=KINDS, check_object=check
)
