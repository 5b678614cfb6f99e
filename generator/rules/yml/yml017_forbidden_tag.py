"""YML017 forbidden-tag: a YAML tag, such as `!!python/object`.

## What it does

Reports tags in content files. Those that YAML gives to plain values by itself (`!!str`, `!!int`, `!!map`, ...) are
allowed.

## Why it matters

Tags ask the program that reads the file to make objects of them. Content never needs that, and it is a known way to
attack.

## Example

    name: !!python/name:os.system

## Use instead

Write the plain value.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML017",
    name="forbidden-tag",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-tag",),
)
