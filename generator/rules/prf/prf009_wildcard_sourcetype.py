"""PRF009 wildcard-sourcetype: a sourcetype that begins with a wildcard.

## What it does

Reports `sourcetype=*name` among the terms that fetch events.

## Why it matters

Splunk cannot look such a sourcetype up, and the add-ons' fields of each that happens to match are tried on every event.

## Example

    sourcetype=*cloudtrail

## Use instead

    sourcetype=aws:cloudtrail
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.prf.fetching import compared_values, fetching_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the comparisons."""
    for node, value in compared_values(fetching_terms(ctx.search), "sourcetype"):
        if value.text.startswith("*"):
            yield Found(
                message=f"`sourcetype={value.text}` begins with a wildcard",
                hint="name the sourcetypes",
                start=node.start,
                end=node.end,
            )


RULE = Rule(
    code="PRF009",
    name="wildcard-sourcetype",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection", "baseline"),
    check_search=check,
)
