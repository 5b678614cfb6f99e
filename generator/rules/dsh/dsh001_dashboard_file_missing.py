"""DSH001 dashboard-file-missing: a dashboard without its JSON file.

## What it does

A dashboard is two files of the same name: the `.yml` that describes it and the `.json` that Dashboard Studio made.
Reports descriptions without the second.

## Why it matters

There is nothing to show, so the dashboard is missing from the app.

## Example

    dashboards/applocker.yml, and no dashboards/applocker.json

## Use instead

Save the dashboard's source from Dashboard Studio under that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the dashboards without a JSON file."""
    for dashboard in ctx.pack.dashboards:
        path = dashboard.json_path
        if path not in ctx.pack.files:
            yield Found(
                message=f"the dashboard needs the file `{path}`, which does not exist",
                hint="save the dashboard's JSON source under that name",
                document=dashboard.document,
                pointer=("name",),
            )


RULE = Rule(code="DSH001", name="dashboard-file-missing", severity=Severity.ERROR, since="0.1", check_pack=check)
