"""TST006 event-data-without-sourcetype: event data of which it is not said what it is.

## What it does

Reports event files of tests whose `sourcetype` or `source` is empty.

## Why it matters

The sourcetype decides how Splunk reads the events: where they begin, when they happened, which fields they have. Without
it the search that works in production finds nothing in the test.

## Example

    - data: https://example.com/attack.log
      source: ''
      sourcetype: ''

## Use instead

    - data: https://example.com/attack.log
      source: XmlWinEventLog:Security
      sourcetype: XmlWinEventLog
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
    """Yield the empty sources and sourcetypes."""
    item = ctx.item
    if not isinstance(item, Tested):
        return
    for file in event_files(item):
        for key in ("source", "sourcetype"):
            value = file.entry.get(key)
            if isinstance(value, str) and not value.strip():
                yield Found(
                    message=f"the `{key}` of the event data is empty",
                    hint=f"give the {key} that the events have in production",
                    pointer=(*file.pointer, key),
                    key=True,
                )


RULE = Rule(
    code="TST006",
    name="event-data-without-sourcetype",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
