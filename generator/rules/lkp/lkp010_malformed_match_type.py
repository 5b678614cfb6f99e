"""LKP010 malformed-match-type: a `match_type` that is not `WILDCARD(field)` or `CIDR(field)`.

## What it does

Reports entries of a lookup's `match_type` of another form. `EXACT`, Splunk's default, is not written.

## Why it matters

Splunk ignores an entry that it does not understand and compares exactly, so that patterns in the table match nothing.

## Example

    match_type:
    - WILDCARD process

## Use instead

    match_type:
    - WILDCARD(process)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.lkp.matching import match_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the entries of another form."""
    for match in match_types(ctx.item):
        if match.field is None:
            exact = match.text.strip().upper().startswith("EXACT")
            yield Found(
                message=f"`{match.text}` is not of the form `WILDCARD(field)` or `CIDR(field)`",
                hint="leave it out: exact comparison is the default" if exact else "name one field in round brackets",
                pointer=match.pointer,
                start=match.start,
                end=match.end,
            )


RULE = Rule(
    code="LKP010",
    name="malformed-match-type",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("lookup",),
    check_object=check,
)
