"""SCD009 unbounded-window: a schedule over all time.

## What it does

Reports schedules whose `earliest_time` or `latest_time` is empty, and those that begin at `0`.

## Why it matters

Each run searches everything that was ever indexed: on a real system it does not finish before the next one starts.
AppInspect refuses scheduled searches without an earliest time, and warns of those without a latest.

## Example

    earliest_time: ''
    latest_time: ''

## Use instead

    earliest_time: -70m@m
    latest_time: -10m@m
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
    """Yield the ends that are no bounds."""
    schedule = schedule_of(ctx.item)
    if schedule is None:
        return
    data: object = ctx.item.document.data
    for step in schedule.pointer:
        data = data.get(step) if isinstance(data, dict) else None
    written = data if isinstance(data, dict) else {}
    window = window_of(schedule.earliest_time, schedule.latest_time)
    if "earliest_time" in written and window is not None and window.earliest.is_all_time:
        how = "starts at the beginning of time" if schedule.earliest_time.strip() else "has no earliest time"
        yield Found(
            message=f"the search {how}",
            hint="give an earliest time, such as `-70m@m`",
            pointer=(*schedule.pointer, "earliest_time"),
            key=True,
        )
    if "latest_time" in written and not schedule.latest_time.strip():
        yield Found(
            message="the search has no latest time",
            hint="give a latest time, such as `-10m@m`",
            pointer=(*schedule.pointer, "latest_time"),
            key=True,
        )


RULE = Rule(
    code="SCD009", name="unbounded-window", severity=Severity.WARNING, since="0.1", kinds=KINDS, check_object=check
)
