"""SCH006 out-of-range: a number outside of its range.

## What it does

Reports scores, confidences, impacts, versions and limits that are too small or too large.

## Why it matters

Enterprise Security ignores or clips such numbers, so a detection weighs other than was meant.

## Example

    risk_objects:
    - field: dest
      type: system
      score: 500

## Use instead

Choose a number inside of the range that the message names.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SCH006",
    name="out-of-range",
    severity=Severity.ERROR,
    since="0.1",
    problems=("out-of-range",),
)
