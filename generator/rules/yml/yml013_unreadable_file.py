"""YML013 unreadable-file: a file that cannot be read.

## What it does

Reports a content file that the operating system refuses to read, or that is not a regular file (a link that leads out
of the pack, a folder with a file's name).

## Why it matters

What it holds would be missing from the app.

## Example

    detections/endpoint/renamed_tool.yml, readable by root only

## Use instead

Make the file readable; put the file itself into the pack in place of a link.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML013",
    name="unreadable-file",
    severity=Severity.ERROR,
    since="0.1",
    problems=("file-unreadable",),
)
