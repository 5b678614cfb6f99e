"""TST005 insecure-attack-data-url: event data that is fetched over http.

## What it does

Reports event files of tests whose address begins with `http://`.

## Why it matters

What is replayed decides whether a test passes. Over http anyone on the way can change it, or see what is tested.

## Example

    attack_data:
    - data: http://example.com/attack.log

## Use instead

    attack_data:
    - data: https://example.com/attack.log
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Tested
from generator.rules.base import Found, Rule
from generator.rules.tst.events import event_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the addresses without encryption."""
    item = ctx.item
    if not isinstance(item, Tested):
        return
    for file in event_files(item):
        if file.data[:7].lower() == "http://":
            yield Found(
                message="the event data is fetched over http",
                hint="give the https address",
                pointer=(*file.pointer, "data"),
                start=0,
                end=7,
            )


RULE = Rule(
    code="TST005",
    name="insecure-attack-data-url",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
