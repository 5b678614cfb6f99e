"""DSH006 orphan-dashboard-file: a dashboard's JSON file that no description belongs to.

## What it does

Reports `.json` files below `dashboards/` without a `.yml` file of the same name.

## Why it matters

The dashboard is not packaged.

## Example

    dashboards/applocker.json, and no dashboards/applocker.yml

## Use instead

Add the description, or delete the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the JSON files that no dashboard uses."""
    used = {dashboard.json_path for dashboard in ctx.pack.dashboards}
    # A description that could not be read has its own finding.
    used.update(problem.path.rpartition(".")[0] + ".json" for problem in ctx.pack.problems)
    for path in sorted(ctx.pack.files):
        if path.startswith("dashboards/") and path.endswith(".json") and path not in used:
            yield Found(
                message=f"no dashboard uses `{path}`",
                hint=f"add `{path.removesuffix('.json')}.yml`, or delete the file",
                span=Span(path),
            )


RULE = Rule(code="DSH006", name="orphan-dashboard-file", severity=Severity.WARNING, since="0.1", check_pack=check)
