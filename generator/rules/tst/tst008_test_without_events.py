"""TST008 test-without-events: a test that replays nothing.

## What it does

Reports unit tests of production detections and baselines that have neither event files nor events nor lookup rows nor other
detections to build on.

## Why it matters

Without events a search has nothing to find. The test fails for a reason that has nothing to do with the detection, or,
where it expects no result, passes whatever the search says.

## Example

    tests:
    - name: True Positive Test
      attack_data: []

## Use instead

    tests:
    - name: True Positive Test
      attack_data:
      - data: https://example.com/attack.log
        source: XmlWinEventLog:Security
        sourcetype: XmlWinEventLog
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Tested
from generator.rules.base import Found, Rule
from generator.rules.tst.events import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_SOURCES = (*KEYS, "events", "chain", "lookups")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the tests that have nothing to search."""
    item = ctx.item
    if not isinstance(item, Tested) or item.status != "production":
        return
    if isinstance(item, Detection) and item.manual_test:
        return
    for test in item.tests:
        if test.type == "unit" and not any(test.data.get(key) for key in _SOURCES):
            written = "attack_data" in test.data
            yield Found(
                message="the test replays no events",
                hint="add `attack_data`",
                pointer=(*test.pointer, "attack_data") if written else test.pointer,
                key=written,
            )


RULE = Rule(
    code="TST008",
    name="test-without-events",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
