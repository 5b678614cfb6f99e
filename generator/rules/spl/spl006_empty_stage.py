"""SPL006 empty-stage: a pipe without a command.

## What it does

Reports two pipes in a row, a pipe at the end, an empty subsearch and an empty search.

## Why it matters

Splunk refuses the search.

## Example

    index=main || stats count

## Use instead

    index=main | stats count
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(code="SPL006", name="empty-stage", severity=Severity.ERROR, since="0.1", spl_errors=("empty-stage",))
