"""REF015 missing-deployment: detections of a type for which the pack says not when they run.

## What it does

In the dialects of contentctl 3 to 5, each type of detection (TTP, Anomaly, Hunting, Correlation) and the baselines have a
deployment file in `deployments/`. Reports the first search of a type that has neither one nor a deployment of its own.

## Why it matters

contentctl refuses to build such a pack. contentpack falls back on defaults, which may not be the schedule and the actions
that were wanted.

## Example

    type: TTP        # and no file in deployments/ with `type: TTP`

## Use instead

A file in `deployments/` with that `type`, its `scheduling` and its `alert_action`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Baseline, Detection
    from generator.rules.base import PackContext


_TYPES = frozenset({"TTP", "Anomaly", "Hunting", "Correlation", "Baseline"})


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the first search of each type that has no deployment."""
    covered = {deployment.type for deployment in ctx.pack.deployments}
    searches: tuple[Detection | Baseline, ...] = (*ctx.pack.detections, *ctx.pack.baselines)
    for item in searches:
        if item.document.dialect is Dialect.NATIVE or item.deployment is not None or item.type in covered:
            continue
        covered.add(item.type)
        if item.type in _TYPES:
            yield Found(
                message=f"no file in `deployments/` is for searches of type `{item.type}`",
                hint=f"add a deployment with `type: {item.type}`",
                document=item.document,
                pointer=("type",),
            )


RULE = Rule(code="REF015", name="missing-deployment", severity=Severity.WARNING, since="0.1", check_pack=check)
