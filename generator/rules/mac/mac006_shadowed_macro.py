"""MAC006 shadowed-macro: a macro with the name of one that another app brings.

## What it does

Reports macros of the pack that have the name and the number of arguments of a macro which the Common Information Model,
Enterprise Security or another app known to contentpack defines.

## Why it matters

Which of the two a search gets depends on the app that it runs in and on what is shared. That may be wanted; it is worth
knowing.

## Example

    macros/drop_dm_object_name.yml

## Use instead

A name of its own, with the pack's prefix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Macro
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the macro that another app defines too."""
    item = ctx.item
    if not isinstance(item, Macro):
        return
    for other in ctx.env.external_macros.get(item.name, ()):
        if len(other.arguments) == len(item.arguments):
            yield Found(
                message=f"the macro `{item.name}` is also defined by {other.app_title}",
                hint="give it a name of its own, unless it is meant to take the other's place",
            )
            return


RULE = Rule(
    code="MAC006",
    name="shadowed-macro",
    severity=Severity.INFO,
    since="0.1",
    kinds=("macro",),
    check_object=check,
)
