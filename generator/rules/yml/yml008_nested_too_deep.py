"""YML008 nested-too-deep: YAML that nests too deeply, or multiplies itself by aliases.

## What it does

Reports a file whose values are nested beyond any sensible depth, or whose aliases (`*name`) would expand to very many
values.

## Why it matters

Content never needs either. Such a file can exhaust the memory of the machine that checks it, which makes it a way to
attack a build.

## Example

    a: &a [x, x, x, x]
    b: &b [*a, *a, *a, *a]
    c: &c [*b, *b, *b, *b]

## Use instead

Write the values out.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="YML008",
    name="nested-too-deep",
    severity=Severity.ERROR,
    since="0.1",
    problems=("yaml-depth", "yaml-alias"),
)
