"""YML004 not-a-mapping: a content file whose top level is not a mapping of keys.

## What it does

Reports a file that is a list, a single text or a number at its top level.

## Why it matters

Content is a mapping (`name: ...`, `id: ...`); anything else cannot be read as content.

## Example

    - name: Renamed Tool
      id: 0b1d4f6e-6c1c-4d1e-9a57-3d2a8f3b1c01

## Use instead

Write one object a file, its keys at the left margin.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML004",
    name="not-a-mapping",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-not-mapping",),
)
