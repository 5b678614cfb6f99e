"""SCD007 real-time-window: a scheduled search that never ends.

## What it does

Reports `rt` time modifiers in schedules.

## Why it matters

A real-time search holds a processor core of the search head and of each indexer for as long as it runs. Splunk Cloud does
not allow it, and AppInspect refuses a search that is enabled with it.

## Example

    earliest_time: rt-5m
    latest_time: rt

## Use instead

    cron_schedule: '*/5 * * * *'
    earliest_time: -6m@m
    latest_time: -1m@m
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import KINDS, schedule_of, window_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the first end that is in real time."""
    schedule = schedule_of(ctx.item)
    window = window_of(schedule.earliest_time, schedule.latest_time) if schedule is not None else None
    if schedule is None or window is None:
        return
    for key, end in (("earliest_time", window.earliest), ("latest_time", window.latest)):
        if end.is_realtime:
            yield Found(
                message=f"`{end.text}` makes this a real-time search",
                hint="run it every few minutes over the minutes before",
                pointer=(*schedule.pointer, key),
            )
            return


RULE = Rule(
    code="SCD007", name="real-time-window", severity=Severity.WARNING, since="0.1", kinds=KINDS, check_object=check
)
