"""CON004 missing-setting: a setting that the app cannot do without.

## What it does

Reports a configuration that lacks the app's id or another required setting.

## Why it matters

Without it no app can be built.

## Example

    app:
      title: My Content Pack

## Use instead

Add the setting.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="CON004",
    name="missing-setting",
    severity=Severity.ERROR,
    since="0.1",
    problems=("missing-setting",),
)
