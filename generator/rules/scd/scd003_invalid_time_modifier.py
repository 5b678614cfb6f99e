"""SCD003 invalid-time-modifier: an end of a time range that Splunk cannot read.

## What it does

Parses `earliest_time` and `latest_time` of schedules as time modifiers: `now`, `0`, a number of seconds since 1970, or
offsets and snaps such as `-70m@m`.

## Why it matters

A search with a time range that cannot be read fails at each run, or runs over all time.

## Example

    earliest_time: -70min@x

## Use instead

    earliest_time: -70m@m
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.knowledge.timemod import TimeModifierError
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import KINDS, read_end, schedule_of, window_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the ends that cannot be read."""
    schedule = schedule_of(ctx.item)
    if schedule is None or window_of(schedule.earliest_time, schedule.latest_time) is not None:
        return
    for key, text in (("earliest_time", schedule.earliest_time), ("latest_time", schedule.latest_time)):
        try:
            read_end(text)
        except TimeModifierError as error:
            yield Found(
                message=f"invalid time modifier `{text}`: {error}",
                hint="write an offset and a snap, such as `-70m@m`",
                pointer=(*schedule.pointer, key),
                start=error.position,
                end=len(text),
            )


RULE = Rule(
    code="SCD003", name="invalid-time-modifier", severity=Severity.ERROR, since="0.1", kinds=KINDS, check_object=check
)
