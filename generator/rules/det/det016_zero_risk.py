"""DET016 zero-risk: risk with the score 0.

## What it does

Reports a score of 0 for a finding or an intermediate finding (native dialect), and a confidence or impact of 0 (v4) on
detections that add risk.

## Why it matters

Risk of 0 never adds up to anything: the risk event is written, and the object that was attacked stays where it was.

## Example

    confidence: 0
    impact: 80

## Use instead

A score from 1 to 100; or the type Hunting, which adds no risk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule
from generator.rules.det.types import adds_risk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the scores that add nothing."""
    item = ctx.item
    if not isinstance(item, Detection):
        return
    dialect = item.document.dialect
    if dialect is Dialect.NATIVE:
        entities = item.risk.objects if item.finding is None else (item.finding.entity, *item.risk.objects)
        for entity in entities:
            if entity.field and _written(item.document.data, (*entity.pointer, "score")) == 0:
                yield _found(f"the risk of `{entity.field}` is 0", (*entity.pointer, "score"))
    elif dialect is Dialect.V4 and adds_risk(item, ctx.env.deployments_by_type):
        for key, value in (("confidence", item.risk.confidence), ("impact", item.risk.impact)):
            if value == 0:
                yield _found(f"`{key}` is 0, and so is the risk", ("tags", key))


def _written(data: object, pointer: tuple[str | int, ...]) -> object:
    """Return the value that stands at a pointer, None where nothing does: a score that is missing is no 0."""
    for step in pointer:
        if isinstance(data, dict) or (isinstance(data, list) and isinstance(step, int) and step < len(data)):
            data = data.get(step) if isinstance(data, dict) else data[step]  # type: ignore[index]  # an int, see above
        else:
            return None
    return None if isinstance(data, bool) else data


def _found(message: str, pointer: tuple[str | int, ...]) -> Found:
    return Found(message=message, hint="give it a score that counts", pointer=pointer)


RULE = Rule(
    code="DET016",
    name="zero-risk",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
