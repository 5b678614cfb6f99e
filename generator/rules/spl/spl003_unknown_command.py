"""SPL003 unknown-command: a command that neither Splunk nor a declared app has.

## What it does

Compares the first word of each stage with the commands of Splunk's Search Reference and of the apps that the
configuration declares.

## Why it matters

Splunk refuses a search with a command that it does not know.

## Example

    | stat count by user

## Use instead

    | stats count by user
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL003", name="unknown-command", severity=Severity.ERROR, since="0.1", spl_errors=("unknown-command",)
)
