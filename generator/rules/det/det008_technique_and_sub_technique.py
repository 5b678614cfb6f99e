"""DET008 technique-and-sub-technique: a technique that stands beside one of its own sub-techniques.

## What it does

Reports ATT&CK techniques whose sub-technique is listed in the same detection, in the v5 and native dialects, whose tools
refuse it. In v3 and v4 it was the custom.

## Why it matters

The sub-technique implies its parent. Both together count the detection twice in coverage reports, and say less about
what it finds.

## Example

    mitre_attack_id:
    - T1036
    - T1036.003

## Use instead

    mitre_attack_id:
    - T1036.003
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule
from generator.rules.det.techniques import listed_techniques

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the techniques that a sub-technique implies."""
    item = ctx.item
    if not isinstance(item, Detection) or len(item.mitre_attack_id) < 2:
        return
    if item.document.dialect not in {Dialect.V5, Dialect.NATIVE}:
        return
    parents = {name.partition(".")[0]: name for name in item.mitre_attack_id if "." in name}
    if parents.keys().isdisjoint(item.mitre_attack_id):
        return
    for name, pointer in listed_techniques(item):
        if name in parents:
            yield Found(
                message=f"`{name}` is implied by its sub-technique `{parents[name]}`",
                hint="list the sub-technique alone",
                pointer=pointer,
            )


RULE = Rule(
    code="DET008",
    name="technique-and-sub-technique",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
