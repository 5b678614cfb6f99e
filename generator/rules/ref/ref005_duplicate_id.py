"""REF005 duplicate-id: two objects with one id.

## What it does

Reports every object whose `id` another object of the pack has too, of whatever kind.

## Why it matters

Enterprise Security keeps versions, risk and findings by id: the history of one detection would be mixed with that of
another. It happens when a file is copied to begin a new one.

## Example

    detections/endpoint/new_tool.yml:   id: 0b1d4f6e-6c1c-4d1e-9a57-3d2a8f3b1c01
    detections/endpoint/old_tool.yml:   id: 0b1d4f6e-6c1c-4d1e-9a57-3d2a8f3b1c01

## Use instead

A new random UUID for the newer object. Never change the id of one that was already released.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from generator.base.diagnostics import Note, Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import ContentObject
    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield each object that shares its id, with the other one."""
    by_id: defaultdict[str, list[ContentObject]] = defaultdict(list)
    for item in ctx.pack.objects():
        # Kinds that need no id are given one from their name when they have none: only what is written can be repeated.
        if item.id and "id" in item.document.data:
            by_id[item.id.lower()].append(item)
    for items in by_id.values():
        if len(items) == 1:
            continue
        for item in items:
            other = next(other for other in items if other is not item)
            yield Found(
                message=f"the id `{item.id}` is also used by `{other.path}`",
                hint="give the newer of the two a new UUID",
                document=item.document,
                pointer=("id",),
                notes=(Note(f"the id of `{other.name}`", Span(other.path)),),
            )


RULE = Rule(code="REF005", name="duplicate-id", severity=Severity.ERROR, since="0.1", check_pack=check)
