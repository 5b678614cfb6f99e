"""SCH002 unknown-field: a field that content of this kind does not have.

## What it does

Reports keys that the dialect of the file does not know (contentctl 5 and contentctl-ng refuse them as well;
contentctl 4 dropped them without a word).

## Why it matters

A misspelt key has no effect: what was written is lost.

## Example

    know_false_positives: none

## Use instead

Correct the key (the help names the nearest one) or delete it.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SCH002",
    name="unknown-field",
    severity=Severity.ERROR,
    since="0.1",
    problems=("unknown-field",),
)
