"""REF008 unknown-baseline: a detection that depends on a baseline which does not exist.

## What it does

Reports names under `baselines` (native dialect) that no file in `baselines/` has.

## Why it matters

The detection compares with data that the baseline gathers. Without it the detection finds nothing, or everything.

## Example

    baselines:
    - Baseline Of DNS Query Lenght

## Use instead

The exact `name` of a baseline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Kind
from generator.rules.base import Rule
from generator.rules.ref.names import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import Found, ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the baselines that are named and do not exist."""
    yield from unknown(ctx, Kind.BASELINE)


RULE = Rule(
    code="REF008",
    name="unknown-baseline",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
