"""SCD008 invalid-schedule-window: a `schedule_window` that is no window, or longer than the time between runs.

## What it does

Reports values that are neither `auto` nor a number of minutes (the native dialect's schema reports those itself), and,
as a warning, windows that are not shorter than the time between two runs.

## Why it matters

The scheduler may delay a run by its window. One that it cannot read counts as none, so that all searches start at the
same minute; one that is longer than the period lets runs fall out.

## Example

    cron_schedule: '*/15 * * * *'
    schedule_window: 60

## Use instead

    schedule_window: auto
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.knowledge.cron import gaps
from generator.rules.base import Found, Rule
from generator.rules.scd.schedules import KINDS, cron_of, schedule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the window that the scheduler cannot use."""
    schedule = schedule_of(ctx.item)
    if schedule is None or schedule.schedule_window in {"", "auto"}:
        return
    text = schedule.schedule_window
    pointer = (*schedule.pointer, "schedule_window")
    if not (text.isascii() and text.isdecimal()):
        if ctx.item.document.dialect is not Dialect.NATIVE:
            yield Found(
                message=f"`{text}` is neither `auto` nor a number of minutes", hint="write `auto`", pointer=pointer
            )
        return
    cron = cron_of(schedule.cron_schedule)
    between = gaps(cron) if cron is not None else None
    if between is not None and len(text) < 9 and int(text) * 60 >= between.shortest:
        yield Found(
            message=f"the window of {int(text)} minutes is not shorter than the {between.shortest // 60} between two runs",
            hint="write `auto`, or less than the time between runs",
            pointer=pointer,
            severity=Severity.WARNING,
        )


RULE = Rule(
    code="SCD008",
    name="invalid-schedule-window",
    severity=Severity.ERROR,
    since="0.1",
    kinds=KINDS,
    check_object=check,
)
