"""SPL005 argument-count: a function with too few or too many arguments.

## What it does

Counts the arguments of eval functions and aggregations.

## Why it matters

Splunk refuses the search.

## Example

    | eval name=if(isnull(user), "unknown")

## Use instead

    | eval name=if(isnull(user), "unknown", user)
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(code="SPL005", name="argument-count", severity=Severity.ERROR, since="0.1", spl_errors=("argument-count",))
