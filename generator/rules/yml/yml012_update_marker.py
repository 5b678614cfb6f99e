"""YML012 update-marker: a value that a scaffold left to be filled in.

## What it does

Reports the marker `__UPDATE__`, which scaffolding writes in the places that an author must fill in.

## Why it matters

The text would be shipped as it is, to everybody who installs the app.

## Example

    known_false_positives: __UPDATE__

## Use instead

Replace the marker by the real value.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML012",
    name="update-marker",
    severity=Severity.ERROR,
    since="0.1",
    problems=("file-update-marker",),
)
