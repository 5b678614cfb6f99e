"""TST004 attack-data-outside: a test over a file that does not lie in the pack.

## What it does

Reports event files of tests whose path is absolute, goes over `..`, names a drive or a home folder, or has another scheme
than http and https.

## Why it matters

The path means something on its author's machine alone. And a pull request from a stranger must not be able to have other
files of the machine that runs the tests read: such paths are never opened.

## Example

    attack_data:
    - data: /home/ada/attack.log

## Use instead

    attack_data:
    - data: attack_data/attack.log
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Tested
from generator.rules.base import Found, Rule
from generator.rules.tst.events import event_files, is_url, leads_outside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the paths that leave the pack."""
    item = ctx.item
    if not isinstance(item, Tested):
        return
    for file in event_files(item):
        scheme, separator, _ = file.data.partition("://")
        if separator and not is_url(file.data):
            yield Found(
                message=f"`{scheme}://` is no way to fetch attack data",
                hint="give its https address, or a path in the pack",
                pointer=(*file.pointer, "data"),
            )
        elif leads_outside(file.data):
            yield Found(
                message=f"`{file.data}` lies outside of the pack",
                hint="put the file into the pack, or give its https address",
                pointer=(*file.pointer, "data"),
            )


RULE = Rule(
    code="TST004",
    name="attack-data-outside",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
