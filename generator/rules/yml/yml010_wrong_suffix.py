"""YML010 wrong-suffix: a content file that does not end in `.yml`.

## What it does

Reports files in content folders whose name ends in `.yaml`, `.YML` or a like suffix.

## Why it matters

Only `.yml` files are read as content, so the object would be left out of the app without a word.

## Example

    detections/endpoint/renamed_tool.yaml

## Use instead

Rename the file so that it ends in `.yml`.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML010",
    name="wrong-suffix",
    severity=Severity.ERROR,
    since="0.1",
    problems=("file-suffix",),
)
