"""DET010 revoked-technique: an ATT&CK technique that was revoked or deprecated.

## What it does

Reports techniques that ATT&CK took back, with the technique that took their place. The fix writes that one, unless it is
listed already.

## Why it matters

Tools that read a current ATT&CK release do not know the technique any more: the detection drops out of coverage reports,
or its pack is refused.

## Example

    mitre_attack_id:
    - T1574.002

## Use instead

    mitre_attack_id:
    - T1574.001
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Fix, Severity
from generator.content.model import Detection
from generator.content.positions import scalar_edit
from generator.rules.base import Found, Rule
from generator.rules.det.techniques import listed_techniques

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer
    from generator.knowledge.attack import Technique
    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the techniques that are no longer current."""
    item, attack = ctx.item, ctx.env.attack
    if not isinstance(item, Detection):
        return
    known = attack.techniques
    if all(name not in known or known[name].is_current for name in item.mitre_attack_id):
        return
    for name, pointer in listed_techniques(item):
        technique = known.get(name)
        if technique is None or technique.is_current:
            continue
        successor = attack.successor(name)
        since = f" in ATT&CK v{technique.revoked_in}" if technique.revoked_in else ""
        if not technique.is_revoked:
            message = f"`{name}` ({technique.name}) was deprecated{since}, without a successor"
            yield Found(message=message, hint="remove it, or name what the detection finds today", pointer=pointer)
        elif successor is None:
            message = f"`{name}` ({technique.name}) was revoked{since}"
            yield Found(message=message, hint="look its successor up on attack.mitre.org", pointer=pointer)
        else:
            yield Found(
                message=f"`{name}` ({technique.name}) was revoked{since} by `{successor.id}`",
                hint=f"write `{successor.id}` ({successor.name})",
                pointer=pointer,
                fix=_replacement(item, pointer, successor),
            )


def _replacement(item: Detection, pointer: Pointer, successor: Technique) -> Fix | None:
    if not successor.is_current or successor.id in item.mitre_attack_id:
        return None
    try:
        edit = scalar_edit(item.document, pointer, successor.id)
    except LookupError:
        return None  # the list is written in a way that only its author can change; the message says it all
    return Fix(f"write `{successor.id}`", (edit,))


RULE = Rule(
    code="DET010",
    name="revoked-technique",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
