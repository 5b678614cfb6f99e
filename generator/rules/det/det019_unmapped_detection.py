"""DET019 unmapped-detection: a production detection without an ATT&CK technique.

## What it does

Reports detections of type TTP or Anomaly in production that list no technique.

## Why it matters

Coverage reports are made from the techniques; such a detection counts for nothing in them.

## Example

    mitre_attack_id: []

## Use instead

    mitre_attack_id:
    - T1036.003
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer
    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the detection that no technique is named for."""
    item = ctx.item
    if not isinstance(item, Detection) or item.mitre_attack_id:
        return
    if item.status != "production" or item.type not in {"TTP", "Anomaly"}:
        return
    native = item.document.dialect is Dialect.NATIVE
    if not native and not isinstance(item.document.data.get("tags"), dict):
        return  # the schema says what is missing
    pointer: Pointer = ("mitre_attack_id",) if native else ("tags", "mitre_attack_id")
    yield Found(
        message="the detection names no ATT&CK technique",
        hint="add what it finds to `mitre_attack_id`",
        pointer=pointer,
        key=True,
    )


RULE = Rule(
    code="DET019",
    name="unmapped-detection",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
