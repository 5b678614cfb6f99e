"""DSH003 dashboard-title-mismatch: a dashboard with one title in the YAML and another in the JSON.

## What it does

Compares `title` in a dashboard's JSON file with `name` in its YAML file, and reports a missing title.

## Why it matters

The name is what the app's navigation and documentation say, the title is what the dashboard shows.

## Example

    dashboards/applocker.yml:    name: AppLocker
    dashboards/applocker.json:   "title": "App Locker (copy)"

## Use instead

The same text in both.
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
    """Yield the dashboards whose title is another."""
    for dashboard, source, value in boards(ctx):
        if not isinstance(value, dict) or value.get("title") == dashboard.name:
            continue
        title = value.get("title")
        yield Found(
            message=f"the title `{title}` is not the name `{dashboard.name}`"
            if title is not None
            else f"the dashboard has no title; its name is `{dashboard.name}`",
            hint=f'write `"title": "{dashboard.name}"`, or change the name in `{dashboard.path}`',
            span=source.span(*find_key(source.text, "title")),
        )


RULE = Rule(code="DSH003", name="dashboard-title-mismatch", severity=Severity.ERROR, since="0.1", check_pack=check)
