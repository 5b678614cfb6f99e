"""YML005 tab-indentation: a tab in the indentation of a YAML file.

## What it does

Reports the tab characters that indent a line where YAML expects spaces.

## Why it matters

YAML forbids tabs there, and parsers disagree on what they mean: the file cannot be read.

## Example

    tags:
    <tab>analytic_story:

## Use instead

Indent by spaces, and let the editor write spaces for the tab key in YAML files.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML005",
    name="tab-indentation",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-tab",),
)
