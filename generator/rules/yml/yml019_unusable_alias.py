"""YML019 unusable-alias: an alias that leads nowhere, into itself, or to very much.

## What it does

Reports aliases (`*name`) without an anchor (`&name`) above them, inside of the value that they repeat, and those whose
repetitions would make the file grow out of proportion.

## Why it matters

The first two have no value. The third is a way to attack a build: a few lines become gigabytes.

## Example

    a: &a [x, x, x, x]
    b: &b [*a, *a, *a, *a]
    c: &c [*b, *b, *b, *b]

## Use instead

Write the values out; put quotes around a text that begins with `*` or `&`.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(code="YML019", name="unusable-alias", severity=Severity.ERROR, since="0.1", problems=("yaml-alias",))
