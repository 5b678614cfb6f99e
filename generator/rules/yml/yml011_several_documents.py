"""YML011 several-documents: more than one YAML document in a file.

## What it does

Reports the `---` that begins a second document.

## Why it matters

A content file defines one object; the second document would be dropped.

## Example

    name: First
    ---
    name: Second

## Use instead

Give each object a file of its own.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML011",
    name="several-documents",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-multiple-documents",),
)
