"""DET007 enabled-by-default: a detection that is switched on at installation and must not be.

## What it does

Reports `enabled_by_default: true` on detections that are not in production, and on those of type Hunting.

## Why it matters

A detection that is on by default runs on every system that installs the app, before anyone looks at it. Experimental and
deprecated searches are not ready for that, and the results of a Hunting search are meant to be read, not raised.

## Example

    type: Hunting
    enabled_by_default: true

## Use instead

    type: Hunting
    enabled_by_default: false
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the switch that must stay off."""
    item = ctx.item
    if not isinstance(item, Detection) or not item.enabled_by_default:
        return
    reason = None
    if item.status != "production":
        reason = f"its status is `{item.status}`"
    elif item.type == "Hunting":
        reason = "its type is `Hunting`"
    if reason is not None:
        yield Found(
            message=f"the detection must not be enabled by default: {reason}",
            hint="set `enabled_by_default: false`",
            pointer=("enabled_by_default",),
            key=True,
        )


RULE = Rule(
    code="DET007",
    name="enabled-by-default",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
