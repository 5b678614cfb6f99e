"""SUP002 unexplained-suppression: a suppression comment gives no reason, or names no rule.

## What it does

Reports `# contentpack: ignore[CODE]` without words behind it, and `# contentpack: ignore` without a code. The comment
still suppresses what it names.

## Why it matters

Whoever reads the file next cannot tell a decision from a mistake that was hidden in a hurry.

## Example

```yaml
# contentpack: ignore[PRF002]
search: index=* sourcetype=aws:cloudtrail | stats count by user
```

## Use instead

```yaml
# contentpack: ignore[PRF002] CloudTrail is spread over many indexes here
search: index=* sourcetype=aws:cloudtrail | stats count by user
```
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SUP002",
    name="unexplained-suppression",
    severity=Severity.WARNING,
    since="0.1",
    problems=("unexplained-suppression",),
)
