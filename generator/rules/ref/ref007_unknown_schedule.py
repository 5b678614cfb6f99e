"""REF007 unknown-schedule: a search on a schedule that does not exist.

## What it does

Reports a `schedule` (native dialect) that no file in `schedules/` has as its name.

## Why it matters

Without its schedule it is not known when the search runs and over what time, so nothing can be written into the app.

## Example

    schedule: Every Half Hour

## Use instead

The `name` of a schedule, a new file in `schedules/`, or a `custom_schedule` in the detection itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Kind
from generator.rules.base import Rule
from generator.rules.ref.names import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import Found, ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the schedule that is named and does not exist."""
    yield from unknown(ctx, Kind.DEPLOYMENT)


RULE = Rule(
    code="REF007",
    name="unknown-schedule",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
