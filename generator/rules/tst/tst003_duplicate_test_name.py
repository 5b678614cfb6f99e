"""TST003 duplicate-test-name: two tests of a detection with one name.

## What it does

Reports tests whose name an earlier test of the same detection or baseline has.

## Why it matters

Reports and continuous integration tell tests by detection and name. Of two with one name, a failure of the one looks like
a success of the other.

## Example

    tests:
    - name: True Positive Test
    - name: True Positive Test

## Use instead

    tests:
    - name: True Positive Test - Sysmon
    - name: True Positive Test - Security
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Tested
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the names that an earlier test has."""
    item = ctx.item
    if not isinstance(item, Tested) or len(item.tests) < 2:
        return
    seen: set[str] = set()
    for test in item.tests:
        if test.name and test.name in seen:
            yield Found(
                message=f"another test is called `{test.name}`",
                hint="say in each name what sets the test apart",
                pointer=(*test.pointer, "name"),
            )
        seen.add(test.name)


RULE = Rule(
    code="TST003",
    name="duplicate-test-name",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_object=check,
)
