"""SUP001 unused-suppression: a suppression comment suppresses nothing.

## What it does

Reports `# contentpack: ignore[CODE] reason` comments that no finding answers to.

## Why it matters

The mistake was fixed, or the code is misspelt. Left in place, the comment hides the next mistake of that kind.

## Example

```yaml
# contentpack: ignore[SPL003] our own command
search: index=main | stats count by host
```

## Use instead

Remove the comment, or write the code of the finding that is meant (`contentpack validate` prints it).
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SUP001", name="unused-suppression", severity=Severity.WARNING, since="0.1", problems=("unused-suppression",)
)
