"""DET006 few-drilldowns: a production detection with fewer than two drilldown searches.

## What it does

Reports detections in production, other than of type Hunting, with fewer than two drilldown searches, and those without
one that holds `%original_detection_search%`. In the v5 dialect, whose tool demands them, it is an error; in v4 a warning.
The native and v3 dialects do not ask for a number.

## Why it matters

Drilldowns are what an analyst clicks first: the events behind the result, and the other risk of the same host or user.
Without them every investigation begins with writing the same searches by hand.

## Example

    drilldown_searches: []

## Use instead

    drilldown_searches:
    - name: View the results for $dest$
      search: '%original_detection_search% | search dest = "$dest$"'
    - name: View risk events for $dest$
      search: '| from datamodel Risk.All_Risk | search normalized_risk_object = "$dest$"'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_PLACEHOLDER = "%original_detection_search%"
_ENOUGH = 2


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the detection whose drilldowns are too few, or all lead elsewhere."""
    item = ctx.item
    if not isinstance(item, Detection) or item.document.dialect not in {Dialect.V4, Dialect.V5}:
        return
    if item.status != "production" or item.type in {"Hunting", ""}:
        return
    count = len(item.drilldowns)
    message = None
    if count < _ENOUGH:
        message = f"a production detection needs two drilldown searches, this has {count or 'none'}"
    elif not any(_PLACEHOLDER in drilldown.search for drilldown in item.drilldowns):
        message = f"no drilldown search holds `{_PLACEHOLDER}`"
    if message is not None:
        present = "drilldown_searches" in item.document.data
        yield Found(
            message=message,
            hint=f"offer one with `{_PLACEHOLDER}` and one for the risk of the same object",
            pointer=("drilldown_searches",) if present else ("name",),
            key=True,
            severity=Severity.WARNING if item.document.dialect is Dialect.V4 else None,
        )


RULE = Rule(
    code="DET006",
    name="few-drilldowns",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
