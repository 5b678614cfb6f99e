"""SCD001 invalid-cron: a cron expression that the scheduler cannot read.

## What it does

Parses the cron expression of deployments, schedules, detections and baselines: five fields, each with `*`, numbers,
ranges, lists and steps inside of its limits. Names of days and months and `7` for Sunday, which other schedulers know but
Splunk's manual does not mention, are warnings.

## Why it matters

A search whose schedule cannot be read never runs, and nothing says so. AppInspect refuses the app.

## Example

    cron_schedule: 61 * * * *

## Use instead

    cron_schedule: 1 * * * *
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.knowledge.cron import CronError, parse_cron
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import KINDS, cron_of, is_common_cron, schedule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the cron expression that cannot be read."""
    schedule = schedule_of(ctx.item)
    if schedule is None or not schedule.cron_schedule or cron_of(schedule.cron_schedule) is not None:
        return
    text = schedule.cron_schedule
    try:
        parse_cron(text)
    except CronError as error:
        whole = not error.field
        end = len(text) if whole else _word_end(text, error.position)
        yield Found(
            message=f"invalid cron schedule: {error}",
            hint="five fields: minute, hour, day of the month, month, day of the week; such as `5 * * * *`",
            pointer=(*schedule.pointer, "cron_schedule"),
            start=0 if whole else error.position,
            end=end,
            severity=Severity.WARNING if is_common_cron(text) else None,
        )


def _word_end(text: str, position: int) -> int:
    blank = text.find(" ", position)
    return len(text) if blank == -1 else blank


RULE = Rule(code="SCD001", name="invalid-cron", severity=Severity.ERROR, since="0.1", kinds=KINDS, check_object=check)
