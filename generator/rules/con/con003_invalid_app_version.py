"""CON003 invalid-app-version: an app version that is not of the form 1.2.3.

## What it does

Reports an app version that is not a semantic version (`major.minor.patch`, with `-rc.1` and the like allowed behind
it).

## Why it matters

Splunk compares versions to offer updates, and AppInspect refuses others. YAML also turns a bare `1.10` into the
number 1.1.

## Example

    app:
      version: 1.0

## Use instead

Write three numbers: `version: 1.0.0`.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="CON003",
    name="invalid-app-version",
    severity=Severity.ERROR,
    since="0.1",
    problems=("invalid-app-version",),
)
