"""DET009 unknown-technique: an ATT&CK technique that does not exist.

## What it does

Reports techniques of a valid form that are not in the ATT&CK Enterprise matrix which comes with the program. Newer
techniques can be added with `contentpack attack`.

## Why it matters

Coverage reports, kill chain phases and the links of the documentation come from the technique. An unknown one leads
nowhere, and is mostly a slip of the finger.

## Example

    mitre_attack_id:
    - T1999

## Use instead

    mitre_attack_id:
    - T1036.003
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, closest
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.rules.det.techniques import listed_techniques

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_ID = re.compile(r"T\d{4}(?:\.\d{3})?\Z")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the techniques that ATT&CK does not have."""
    item, known = ctx.item, ctx.env.attack.techniques
    if not isinstance(item, Detection) or all(name in known for name in item.mitre_attack_id):
        return
    for name, pointer in listed_techniques(item):
        if name not in known and _ID.match(name):
            near = closest(name, (other for other, technique in known.items() if technique.is_current))
            hint = f"did you mean `{near[0]}` ({known[near[0]].name})?" if near else None
            parent = known.get(name.partition(".")[0])
            if "." in name and parent is not None:
                hint = f"`{parent.id}` is {parent.name}, and has no such sub-technique"
            yield Found(
                message=f"`{name}` is not in ATT&CK {ctx.env.attack.version}",
                hint=hint or "look the technique up on attack.mitre.org",
                pointer=pointer,
            )


RULE = Rule(
    code="DET009",
    name="unknown-technique",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
