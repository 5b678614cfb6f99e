"""SPL009 bad-option: an option that the command does not have, or a value that it does not take.

## What it does

Checks `name=value` arguments against the options of each command, and their values where these are written out.

## Why it matters

Splunk refuses the search, or takes the option for something else.

## Example

    | dedup user keepemty=true

## Use instead

    | dedup user keepempty=true
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(code="SPL009", name="bad-option", severity=Severity.ERROR, since="0.1", spl_errors=("bad-option",))
