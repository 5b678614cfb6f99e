"""YML001 yaml-syntax: a file that is not YAML.

## What it does

Reports the place where the YAML parser could not go on: a quote that is never closed, a line indented to no level, a
`:` or `#` that ends a plain text early.

## Why it matters

Nothing in the file can be read, so its content is missing from the app. The other files are checked all the same.

## Example

    name: 'Renamed Tool
    version: 1

## Use instead

Close the quote, or line the keys up. A text that holds `: ` or ` #`, or begins with `*`, `&`, `%`, `@` or a backtick,
goes into quotes or into a block (`search: |-`).
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML001",
    name="yaml-syntax",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-syntax",),
)
