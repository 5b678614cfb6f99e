"""YML006 wrong-encoding: a content file that is not UTF-8.

## What it does

Reports the first byte that is no valid UTF-8.

## Why it matters

What the character was meant to be cannot be known (Windows-1252, Latin-1, UTF-16?), and Splunk reads its
configuration as UTF-8.

## Example

    author: Ren<byte E9>

## Use instead

Save the file as UTF-8.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML006",
    name="wrong-encoding",
    severity=Severity.ERROR,
    since="0.1",
    problems=("file-encoding",),
)
