"""SCH005 malformed-value: a value that does not have the form that its field needs.

## What it does

Reports ids that are no UUID, references that are no http(s) URL, technique ids that are not like `T1234` or
`T1234.567`, CVE ids, dates, file names and other values of a fixed form.

## Why it matters

These values are links and keys into other systems: a malformed one leads nowhere.

## Example

    mitre_attack_id:
    - T10036

## Use instead

Write the value in the form that the message shows.
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SCH005",
    name="malformed-value",
    severity=Severity.ERROR,
    since="0.1",
    problems=("malformed-value",),
)
