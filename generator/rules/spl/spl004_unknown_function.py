"""SPL004 unknown-function: a function that does not exist where it is called.

## What it does

Checks the functions of eval expressions (`eval`, `where`, `fieldformat`, ...) and the aggregations of `stats` and its kin
against Splunk's lists; each list is known to the other, so that `| stats lower(user)` says what is wrong.

## Why it matters

Splunk refuses the search.

## Example

    | stats mn(_time) as firstTime

## Use instead

    | stats min(_time) as firstTime
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL004", name="unknown-function", severity=Severity.ERROR, since="0.1", spl_errors=("unknown-function",)
)
