"""FLD007 message-without-token: a message or title that says the same of every result.

## What it does

Reports risk messages and titles of findings without a single `$token$`.

## Why it matters

An analyst who reads a hundred of them cannot tell them apart. Enterprise Security 8's own format demands at least one.

## Example

    message: A suspicious process was started.

## Use instead

    message: $process_name$ was started by $user$ on $dest$
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule
from generator.rules.fld.results import texts_with_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the texts without a token."""
    item = ctx.item
    if not isinstance(item, Detection):
        return
    severity = Severity.ERROR if item.document.dialect is Dialect.NATIVE else Severity.INFO
    for pointer, what, text in texts_with_tokens(item):
        if "$" not in text:
            yield Found(
                message=f"the {what} has no token: it is the same for every result",
                hint="name what was found with fields of the results, such as `$dest$`",
                pointer=pointer,
                severity=severity,
            )


RULE = Rule(
    code="FLD007",
    name="message-without-token",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
