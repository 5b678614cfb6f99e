"""SCH004 unknown-value: a value that is none of the possible ones.

## What it does

Reports values of fields that have a closed list: types, statuses, asset types, security domains, products,
categories, types of risk and threat objects, ...

## Why it matters

Splunk Enterprise Security and this tool act on exactly these values; another one is without effect or breaks the
action.

## Example

    security_domain: endpoints

## Use instead

Choose one of the values that the help names.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SCH004",
    name="unknown-value",
    severity=Severity.ERROR,
    since="0.1",
    problems=("unknown-value",),
)
