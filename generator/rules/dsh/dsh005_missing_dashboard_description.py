"""DSH005 missing-dashboard-description: a dashboard's JSON without a description.

## What it does

Reports dashboard files without the key `description`.

## Why it matters

Splunk lists dashboards with their descriptions, and contentctl refuses a dashboard without one.

## Example

    { "title": "AppLocker" }

## Use instead

    { "title": "AppLocker", "description": "What AppLocker allowed and blocked." }
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.dsh.json_places import boards, find_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the dashboards without a description."""
    for _dashboard, source, value in boards(ctx):
        if isinstance(value, dict) and "description" not in value:
            yield Found(
                message="the dashboard has no `description`",
                hint="add the key at the top level",
                span=source.span(*find_key(source.text, "title")),
            )


RULE = Rule(code="DSH005", name="missing-dashboard-description", severity=Severity.ERROR, since="0.1", check_pack=check)
