"""CON001 unknown-setting: a setting in the configuration that has no meaning.

## What it does

Reports keys of `contentpack.yml`, `contentctl.yml` or `build.yml` that neither contentpack nor the tool they come
from knows.

## Why it matters

A misspelt setting is silently without effect: the default is used.

## Example

    app:
      lable: My Pack

## Use instead

Correct the key (the help names the nearest one) or delete it.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="CON001",
    name="unknown-setting",
    severity=Severity.WARNING,
    since="0.1",
    problems=("unknown-setting",),
)
