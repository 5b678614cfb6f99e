"""TST001 missing-tests: a production detection without a test.

## What it does

Reports detections in production, other than of type Correlation, without `tests`. Where a `manual_test` says why there is
none, that is enough. The v3 dialect kept tests elsewhere, and is left alone.

## Why it matters

A detection that was never seen to find anything is a hope. Tests replay the attack at each change of the search, of a
macro or of a lookup, and show that the result is still there.

## Example

    status: production
    type: TTP

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
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the detection that nothing tests."""
    item = ctx.item
    if not isinstance(item, Detection) or item.tests or item.document.dialect is Dialect.V3:
        return
    if item.status != "production" or item.type == "Correlation" or item.manual_test:
        return
    if isinstance(item.document.data.get("tests"), list) and item.document.dialect is Dialect.NATIVE:
        return  # the schema reports an empty list there
    yield Found(
        message="a production detection needs a test",
        hint="add a test, or make the detection experimental",
        pointer=("tests",) if "tests" in item.document.data else ("status",),
        key=True,
    )


RULE = Rule(
    code="TST001",
    name="missing-tests",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
