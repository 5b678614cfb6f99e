"""YML003 empty-file: a content file without content.

## What it does

Reports a file that is empty or holds comments only.

## Why it matters

It defines nothing, and is nearly always a file that was not saved or a merge that went wrong.

## Example

    # to be written

## Use instead

Write the content, or delete the file.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML003",
    name="empty-file",
    severity=Severity.ERROR,
    since="0.1",
    problems=("file-empty",),
)
