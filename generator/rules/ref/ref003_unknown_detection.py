"""REF003 unknown-detection: a baseline or playbook for a detection that does not exist.

## What it does

Reports names under `detections` (of baselines and playbooks) that no detection has. In the native dialect this is an
error; the older tools took such names as they were, so there it is a warning.

## Why it matters

A baseline prepares data for the detections that it names: after a detection was renamed or removed, the baseline runs
for nothing, or the detection is not tied to it.

## Example

    tags:
      detections:
      - DNS Query Lenght Outliers

## Use instead

The exact `name` of the detection; drop the name of one that is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect, Kind
from generator.rules.base import Rule
from generator.rules.ref.names import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import Found, ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the detections that are named and do not exist."""
    strict = ctx.item.document.dialect is Dialect.NATIVE
    yield from unknown(ctx, Kind.DETECTION, Severity.ERROR if strict else None)


RULE = Rule(
    code="REF003",
    name="unknown-detection",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("baseline", "playbook"),
    check_object=check,
)
