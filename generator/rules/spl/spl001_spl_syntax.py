"""SPL001 spl-syntax: a search that Splunk's grammar does not allow.

## What it does

Parses every search, each command by its own syntax, and reports the first place in a stage that cannot be read: what was
expected there and what stands there instead; also renamings whose two sides have different numbers of `*`. The other stages are still read, so that one mistake hides no other.

## Why it matters

Splunk refuses the search when it runs: the detection never fires, and nothing in the app says so.

## Example

    | stats count by

## Use instead

    | stats count by user
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL001",
    name="spl-syntax",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("expected", "unexpected", "wildcards"),
)
