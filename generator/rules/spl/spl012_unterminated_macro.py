"""SPL012 unterminated-macro: a macro call or comment that is never closed.

## What it does

Reports a backtick, or three of them, without their partner.

## Why it matters

Splunk refuses the search.

## Example

    | `my_filter

## Use instead

    | `my_filter`
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL012",
    name="unterminated-macro",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("unterminated-macro", "unterminated-comment"),
)
