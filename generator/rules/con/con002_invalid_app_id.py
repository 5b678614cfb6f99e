"""CON002 invalid-app-id: an app id that Splunk does not take.

## What it does

Reports an app id with other characters than letters, digits, `-` and `_`.

## Why it matters

The id is the name of the app's folder and appears in URLs. Splunk refuses to install the package.

## Example

    app:
      appid: My Content Pack

## Use instead

Use letters, digits, `-` and `_`, beginning with a letter: `my_content_pack`.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="CON002",
    name="invalid-app-id",
    severity=Severity.ERROR,
    since="0.1",
    problems=("invalid-app-id",),
)
