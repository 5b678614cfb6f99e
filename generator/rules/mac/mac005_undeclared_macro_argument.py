"""MAC005 undeclared-macro-argument: a `$name$` in a macro that is none of its arguments.

## What it does

Reports each `$name$` in a macro's definition whose name is not under `arguments`.

## Why it matters

Splunk fills in arguments only. Another `$name$` stays as it is, and the search looks for that text.

## Example

    arguments: [field]
    definition: convert timeformat="%Y" ctime($feild$)

## Use instead

    arguments: [field]
    definition: convert timeformat="%Y" ctime($field$)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.content.model import Macro
from generator.rules.base import Found, Rule
from generator.rules.mac.arguments import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the places that no argument fills."""
    item = ctx.item
    if not isinstance(item, Macro):
        return
    for name, start, end in places(item.definition):
        if name not in item.arguments:
            yield Found(
                message=f"`${name}$` is no argument of the macro `{item.name}`",
                hint=did_you_mean(name, item.arguments) or f"add `{name}` to `arguments`",
                pointer=("definition",),
                start=start,
                end=end,
            )


RULE = Rule(
    code="MAC005",
    name="undeclared-macro-argument",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("macro",),
    check_object=check,
)
