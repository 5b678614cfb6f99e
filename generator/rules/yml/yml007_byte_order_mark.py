"""YML007 byte-order-mark: a byte order mark at the beginning of a content file.

## What it does

Reports a YAML file that begins with the byte order mark (U+FEFF).

## Why it matters

UTF-8 needs none, and tools that do not expect it see a first key that is not called `name`.

## Example

    <U+FEFF>name: Renamed Tool

## Use instead

Save the file as "UTF-8", not as "UTF-8 with BOM".
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML007",
    name="byte-order-mark",
    severity=Severity.WARNING,
    since="0.1",
    problems=("file-bom",),
)
