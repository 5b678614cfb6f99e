"""DET011 duplicate-entity: a field that gets risk twice.

## What it does

In the native dialect, reports a field that is the entity of the finding and of an intermediate finding, or of two
intermediate findings, and threat objects that repeat a field. In v5 and v4, where one field may stand for two kinds of
object, only entries that are the same in everything.

## Why it matters

Each entry makes a risk event of its own. The same object then gets the score twice, and crosses the threshold of an alert
with half of the evidence.

## Example

    finding:
      entity: {field: user, type: user, score: 50}
    intermediate_findings:
      entities:
      - {field: user, type: user, score: 30, message: $user$ failed}

## Use instead

One entry for each field, with the score that it deserves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the entries that repeat an earlier one."""
    item = ctx.item
    if not isinstance(item, Detection):
        return
    native = item.document.dialect is Dialect.NATIVE
    seen: dict[object, str] = {}
    if native and item.finding is not None and item.finding.entity.field:
        seen[item.finding.entity.field] = "the finding's entity"
    risk = item.risk
    if len(risk.objects) + len(seen) > 1:
        for entity in risk.objects:
            key: object = entity.field if native else (entity.field, entity.type, entity.score)
            if key in seen:
                yield _found(f"`{entity.field}` is {seen[key]} already", (*entity.pointer, _name(item)), native=native)
            seen[key] = "an intermediate finding's entity" if native else "a risk object"
    threats: set[object] = set()
    if len(risk.threats) > 1:
        for threat in risk.threats:
            same: object = threat.field if native else (threat.field, threat.type)
            if same in threats:
                yield _found(
                    f"`{threat.field}` is a threat object already", (*threat.pointer, _name(item)), native=False
                )
            threats.add(same)


def _name(item: Detection) -> str:
    return "name" if item.document.dialect is Dialect.V4 else "field"


def _found(message: str, pointer: tuple[str | int, ...], *, native: bool) -> Found:
    return Found(
        message=message,
        hint="keep one of them",
        pointer=pointer,
        severity=None if native else Severity.WARNING,
    )


RULE = Rule(
    code="DET011",
    name="duplicate-entity",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
