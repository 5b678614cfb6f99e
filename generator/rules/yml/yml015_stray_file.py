"""YML015 stray-file: a file in a content folder that belongs to nothing.

## What it does

Reports files in content folders that are neither content nor the data of some content (a lookup's `.csv`, a
dashboard's `.json`, ...).

## Why it matters

They are not packaged; a file that was meant to be content is easily lost this way.

## Example

    detections/endpoint/renamed_tool.yml.bak

## Use instead

Delete the file or move it elsewhere.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML015",
    name="stray-file",
    severity=Severity.WARNING,
    since="0.1",
    problems=("stray-file",),
)
