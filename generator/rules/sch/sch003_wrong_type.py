"""SCH003 wrong-type: a value of the wrong type.

## What it does

Reports a text where a list is needed, a number where a text is needed, and so on, at any depth.

## Why it matters

The value cannot be used. YAML makes some types by itself: `no` is a Boolean, `1.10` a number, `2024-01-02` a date.

## Example

    references: https://example.com/one

## Use instead

Write the type that the message names; put quotes around texts that look like something else.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SCH003",
    name="wrong-type",
    severity=Severity.ERROR,
    since="0.1",
    problems=("wrong-type",),
)
