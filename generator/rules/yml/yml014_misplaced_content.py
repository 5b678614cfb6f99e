"""YML014 misplaced-content: a file in the folder of another kind of content, or of no kind at all.

## What it does

Compares what a file says with the folder that it lies in: a macro below `detections/`, a story below `macros/`. Reports
files as well of which neither keys nor folder tell what they define.

## Why it matters

contentpack goes by what the file says; contentctl goes by the folder, and refuses the file. People look for it in the
wrong place.

## Example

    detections/endpoint/sysmon.yml:
        name: sysmon
        definition: sourcetype=XmlWinEventLog

## Use instead

    macros/sysmon.yml
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.dialects import FOLDERS
from generator.content.model import Kind
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_HOMES = {kind: folder for folder, kind in FOLDERS.items() if folder != "schedules"}


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the object that lies in the folder of another kind."""
    item = ctx.item
    folder = item.path.partition("/")[0]
    kind = FOLDERS.get(folder)
    if kind is not None and kind is not item.kind and kind is not Kind.REMOVED:
        yield Found(
            message=f"this is a {item.kind.value.replace('_', ' ')}, in the folder `{folder}/`",
            hint=f"move the file to `{_HOMES[item.kind]}/`",
            pointer=("name",),
            key=True,
        )


RULE = Rule(
    code="YML014",
    name="misplaced-content",
    severity=Severity.WARNING,
    since="0.1",
    problems=("unknown-content",),
    check_object=check,
)
