"""YML008 yaml-too-deep: values that nest too deeply.

## What it does

Reports a file whose lists and mappings are nested in each other more than 100 levels deep; it is not read further.

## Why it matters

Content needs a handful of levels. Such a file can exhaust the program that reads it, which makes it a way to attack a
build.

## Example

    a: [[[[[[[[[[[[[[[[[[[[[[ ... ]]]]]]]]]]]]]]]]]]]]]]

## Use instead

Write the values flat.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(code="YML008", name="yaml-too-deep", severity=Severity.ERROR, since="0.1", problems=("yaml-depth",))
