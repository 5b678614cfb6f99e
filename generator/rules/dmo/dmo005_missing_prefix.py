"""DMO005 missing-prefix: a field of a data model without its dataset before it.

## What it does

Reports fields of a `tstats` over a data model that have no dataset's prefix and are no metadata (`_time`, `host`, `source`,
`sourcetype`, `index`, ...).

## Why it matters

In `tstats` a dataset's fields are called `Processes.dest`, not `dest`. Without the prefix nothing is found, silently.

## Example

    | tstats count from datamodel=Endpoint.Processes by dest

## Use instead

    | tstats count from datamodel=Endpoint.Processes by Processes.dest
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.dmo.tstats import doubtful_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the bare fields."""
    for used in doubtful_fields(ctx.search, ctx.env):
        text = used.name.text
        if "." in text or text in used.model.datasets:
            continue
        dataset = used.dataset or next(iter(used.model.datasets.values()))
        yield Found(
            message=f"`{text}` has no dataset before it",
            hint=f"write `{dataset.lineage[0]}.{text}`",
            start=used.name.start,
            end=used.name.end,
        )


RULE = Rule(code="DMO005", name="missing-prefix", severity=Severity.ERROR, since="0.1", check_search=check)
