"""SCH001 missing-field: a required field is missing.

## What it does

Reports fields that content of this kind and dialect must have: at the object that lacks the field, or at the key that
demands it.

## Why it matters

The app's configuration is made from these fields; without them it would be incomplete.

## Example

    name: Renamed Tool
    type: TTP
    search: ...

## Use instead

Add the field. `contentpack schema KIND` prints what each kind of content has.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SCH001",
    name="missing-field",
    severity=Severity.ERROR,
    since="0.1",
    problems=("missing-field",),
)
