"""SPL007 unbalanced-bracket: a parenthesis or bracket without its partner.

## What it does

Reports each `(`, `)`, `[` and `]` that has no partner, at the one that is alone.

## Why it matters

Splunk refuses the search.

## Example

    | where (a=1 OR b=2

## Use instead

    | where (a=1 OR b=2)
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL007",
    name="unbalanced-bracket",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("unbalanced-bracket", "unbalanced-paren"),
)
