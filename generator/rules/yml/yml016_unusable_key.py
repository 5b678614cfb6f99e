"""YML016 unusable-key: a key that cannot be one.

## What it does

Reports keys that are lists or mappings, and the merge key `<<` over something that is not a mapping.

## Why it matters

Content has keys of text only; the value behind such a key cannot be used.

## Example

    ? [a, b]
    : value

## Use instead

Write the key as text. If `<<` is meant as text, put quotes around it.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML016",
    name="unusable-key",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-key", "yaml-merge"),
)
