"""CON005 invalid-setting: a setting whose value cannot be used.

## What it does

Reports settings of the wrong type, outside of their range or not among their possible values.

## Why it matters

The setting cannot have the effect that was wanted.

## Example

    app:
      uid: one

## Use instead

Give a value of the kind that the message names.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="CON005",
    name="invalid-setting",
    severity=Severity.ERROR,
    since="0.1",
    problems=("invalid-setting",),
)
