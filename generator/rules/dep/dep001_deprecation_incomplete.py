"""DEP001 deprecation-incomplete: content that is deprecated in one way but not in the others.

## What it does

In the native dialect, deprecated content has three marks: `status: deprecated`, `deprecation_info`, and a place below
`<kind>/deprecated/`. Reports content that has some of them and lacks the others.

## Why it matters

The status tells the app, the information tells users what to use in its place and until when, and the folder tells the
people who maintain the pack. With one missing, content is half gone.

## Example

    detections/endpoint/old_tool.yml:
        status: deprecated

## Use instead

    detections/deprecated/old_tool.yml:
        status: deprecated
        deprecation_info:
          reason: The new detection covers it.
          removed_in_version: 6.0.0
          replacement_content:
          - New Tool
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer
    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the object that lacks one of the three marks."""
    item = ctx.item
    if item.document.dialect is not Dialect.NATIVE:
        return
    top, _, rest = item.path.partition("/")
    status = item.status == "deprecated"
    info = isinstance(item.document.data.get("deprecation_info"), Mapping)
    folder = "deprecated" in rest.split("/")[:-1]
    if status == info == folder:
        return
    lacking = []
    if not status:
        lacking.append("`status: deprecated`")
    if not info:
        lacking.append("`deprecation_info`")
    if not folder:
        lacking.append(f"a place below `{top}/deprecated/`")
    pointer: Pointer = ("deprecation_info",) if info and not status else ("status",)
    yield Found(
        message=f"deprecated content needs {' and '.join(lacking)}",
        hint="complete the deprecation, or take it back",
        pointer=pointer,
        key=True,
    )


RULE = Rule(
    code="DEP001",
    name="deprecation-incomplete",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline", "story"),
    check_object=check,
)
