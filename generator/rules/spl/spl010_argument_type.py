"""SPL010 argument-type: a value of a kind that a function or an operator does not take.

## What it does

Reports what is certain: literals and the results of functions and comparisons. A field may hold anything.

## Why it matters

Splunk refuses the search, or the result is null.

## Example

    | eval hit=(count > 5)

## Use instead

    | eval hit=if(count > 5, "yes", "no")
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL010",
    name="argument-type",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("argument-kind", "operand-kind", "boolean-result"),
)
