"""SCH007 wrong-length: a text or list that is too long or too short.

## What it does

Reports texts and lists outside of the lengths that their fields allow, and names of detections and baselines that make
the name of the saved search too long: Enterprise Security shows `<domain> - <label> - <name> - Rule` with at most 99
characters, of which the longest domain takes 18. With the label `ESCU` that leaves 67 for the name.

## Why it matters

Enterprise Security cannot save a search with a longer name, and cuts it off in places. Empty lists and texts say nothing
where something is needed.

## Example

    name: Windows Event Log Cleared By An Unusual Process On A Domain Controller Host

## Use instead

A shorter name; the description has room for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

# Enterprise Security's limit for a name, less the longest of its domains with the dash behind it, and what the app adds.
_LIMIT = 99
_DOMAIN = 18
_FRAME = len(" - ") + len(" - Rule")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the name that is too long for Enterprise Security."""
    if ctx.item.kind.value not in {"detection", "baseline"}:
        return
    prefix = ctx.env.config.app.prefix or "ESCU"
    room = _LIMIT - _DOMAIN - _FRAME - len(prefix)
    length = len(ctx.item.name)
    if length > room:
        yield Found(
            message=f"the name has {length} characters, {length - room} more than the {room} that Enterprise Security can take",
            hint="shorten the name",
            pointer=("name",),
        )


RULE = Rule(
    code="SCH007",
    name="wrong-length",
    severity=Severity.ERROR,
    since="0.1",
    problems=("wrong-length",),
    check_object=check,
)
