"""FLD008 output-field-missing: results without a field that the data source says detections must give.

## What it does

Compares the results of production TTP and Anomaly searches with the `output_fields` of their data sources.

## Why it matters

The data source lists what an analyst needs of its events in every finding. The check is by field: a name that merely occurs
in the search does not count.

## Example

    data source:  output_fields: [dest, user]
    search:       ... | stats count by dest

## Use instead

    search:       ... | stats count by dest user
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.rules.fld.results import results_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the missing fields, each once."""
    item = ctx.item
    if not isinstance(item, Detection) or item.status != "production" or item.type not in {"TTP", "Anomaly"}:
        return
    wanted: dict[str, str] = {}
    for name in item.data_source:
        source = ctx.env.data_sources.get(name)
        if source is not None:
            for field in source.output_fields:
                wanted.setdefault(field, name)
    search = results_of(ctx) if wanted else None
    if search is None:
        return
    lacking = [field for field in wanted if not search.final.may_have(field)]
    if lacking:
        names = ", ".join(f"`{name}`" for name in lacking)
        yield Found(
            message=f"the results lack {names}, which the data source `{wanted[lacking[0]]}` expects",
            hint="keep the fields up to the end of the search",
            pointer=("search",),
            key=True,
        )


RULE = Rule(
    code="FLD008",
    name="output-field-missing",
    severity=Severity.INFO,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
