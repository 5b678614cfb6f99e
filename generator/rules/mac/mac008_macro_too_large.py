"""MAC008 macro-too-large: macros that expand without measure.

## What it does

Stops where macros call macros more than a hundred deep, or where the expanded search grows beyond ten million characters.

## Why it matters

Splunk stops as well, and the search fails.

## Example

    macros that each call the next one twice

## Use instead

    fewer layers of macros
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="MAC008",
    name="macro-too-large",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("macro-depth", "macro-size"),
)
