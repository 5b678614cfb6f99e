"""YML018 malformed-scalar: a value that looks like a date or number and is none.

## What it does

Reports plain values that YAML would read as a date, a time or a number, and that do not exist: a 30th of February,
`2024-13-01`.

## Why it matters

YAML tools stop at such a value, or take it for something else.

## Example

    date: 2024-02-30

## Use instead

Correct the value; put it in quotes if it is meant as text.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML018",
    name="malformed-scalar",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-value",),
)
