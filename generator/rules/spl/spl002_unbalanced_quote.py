"""SPL002 unbalanced-quote: a quote that is never closed.

## What it does

Reports a double or single quote without its partner.

## Why it matters

Everything behind it is text: Splunk refuses the search, or searches for something else.

## Example

    | search process="cmd.exe AND user=admin

## Use instead

    | search process="cmd.exe" AND user=admin
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL002", name="unbalanced-quote", severity=Severity.ERROR, since="0.1", spl_errors=("unbalanced-quote",)
)
