"""DET015 score-mismatch: a `risk_score` that is not what confidence and impact make of it.

## What it does

In the v4 dialect, compares `tags.risk_score` with `confidence * impact / 100`, rounded.

## Why it matters

The score that is used is computed; the written one is ignored. Where the two differ, whoever reads the file expects
another risk than Splunk adds.

## Example

    confidence: 50
    impact: 80
    risk_score: 60

## Use instead

    risk_score: 40
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
    """Yield the written score that is another."""
    item = ctx.item
    if not isinstance(item, Detection) or item.document.dialect is not Dialect.V4:
        return
    tags = item.document.data.get("tags")
    written = tags.get("risk_score") if isinstance(tags, dict) else None
    confidence, impact = item.risk.confidence, item.risk.impact
    if isinstance(written, bool) or not isinstance(written, (int, float)) or confidence is None or impact is None:
        return
    if not (0 <= confidence <= 100 and 0 <= impact <= 100):
        return  # the schema speaks then
    exact = confidence * impact / 100
    if abs(written - exact) >= 1:
        yield Found(
            message=f"`risk_score` is {written}, but {confidence} * {impact} / 100 is {exact:g}",
            hint="the written score has no effect; correct it, or the confidence and impact",
            pointer=("tags", "risk_score"),
        )


RULE = Rule(
    code="DET015",
    name="score-mismatch",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
