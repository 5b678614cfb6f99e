"""YML002 duplicate-key: a key that is written twice in one mapping.

## What it does

Reports the second and each later time that a key occurs in the same mapping, at any depth.

## Why it matters

YAML parsers keep the last value and say nothing, so half of what was written is lost: of two lists of techniques one
is gone.

## Example

    mitre_attack_id: [T1036.003]
    mitre_attack_id: [T1218]

## Use instead

Join the two values under one key.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML002",
    name="duplicate-key",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-duplicate-key",),
)
