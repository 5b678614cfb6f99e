"""SCH007 wrong-length: a text or list that is too long or too short.

## What it does

Reports texts and lists outside of the lengths that their fields allow, and names of detections and baselines that make
the name of the saved search too long: Enterprise Security shows `<domain> - <label> - <name> - Rule` with at most 99
characters, of which the longest domain takes 18. With the label `ESCU` that leaves 67 for the name.

Texts of detections that contentctl 3 and 4 allow to be empty (`tags.message`, and in the oldest form `how_to_implement`
and `known_false_positives`) are a warning.

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
from generator.content.model import Dialect, Kind
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.content.model import Document, Pointer
    from generator.rules.base import ObjectContext

# Enterprise Security's limit for a name, less the longest of its domains with the dash behind it, and what the app adds.
_LIMIT = 99
_DOMAIN = 18
_FRAME = len(" - ") + len(" - Rule")


# What the schemas of these dialects let pass empty, because their own tool does.
_LENIENT: Mapping[Dialect, tuple[Pointer, ...]] = {
    Dialect.V4: (("tags", "message"),),
    Dialect.V3: (("tags", "message"), ("how_to_implement",), ("known_false_positives",)),
}


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the name that is too long for Enterprise Security, and texts that only an older tool lets be empty."""
    if ctx.item.kind.value not in {"detection", "baseline"}:
        return
    if ctx.item.kind is Kind.DETECTION:
        yield from _empty_texts(ctx.item.document)
    prefix = ctx.env.config.app.prefix or "ESCU"
    room = _LIMIT - _DOMAIN - _FRAME - len(prefix)
    length = len(ctx.item.name)
    if length > room:
        yield Found(
            message=f"the name has {length} characters, {length - room} more than the {room} that Enterprise Security can take",
            hint="shorten the name",
            pointer=("name",),
        )


def _empty_texts(document: Document) -> Iterator[Found]:
    for pointer in _LENIENT.get(document.dialect, ()):
        value: object = document.data
        for step in pointer:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str) and not value.strip():
            yield Found(
                message=f"`{pointer[-1]}` is empty", hint="write the text", pointer=pointer, severity=Severity.WARNING
            )


RULE = Rule(
    code="SCH007",
    name="wrong-length",
    severity=Severity.ERROR,
    since="0.1",
    problems=("wrong-length",),
    check_object=check,
)
