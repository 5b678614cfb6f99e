"""MAC007 unused-macro-argument: an argument that a macro does not use.

## What it does

Reports names under `arguments` that occur nowhere in the definition as `$name$`.

## Why it matters

Callers must give a value for each argument, and this one has no effect: mostly the definition misspells it.

## Example

    arguments: [field, format]
    definition: convert ctime($field$)

## Use instead

Use the argument, or drop it here and in every call.
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
    """Yield the arguments that the definition does not hold."""
    item = ctx.item
    if not isinstance(item, Macro):
        return
    for index, name in enumerate(item.arguments):
        if f"${name}$" not in item.definition:
            yield Found(
                message=f"the definition does not use the argument `{name}`",
                hint=f"write `${name}$` where its value belongs, or drop the argument",
                pointer=("arguments", index),
            )


RULE = Rule(
    code="MAC007",
    name="unused-macro-argument",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("macro",),
    check_object=check,
)
