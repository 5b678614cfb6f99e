"""SPL011 four-backticks: a comment's backticks next to a macro's.

## What it does

Reports four backticks in a row, where a macro call touches a comment.

## Why it matters

Splunk cannot tell where the macro ends and the comment begins.

## Example

    `my_filter````a comment```

## Use instead

    `my_filter` ```a comment```
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(code="SPL011", name="four-backticks", severity=Severity.ERROR, since="0.1", spl_errors=("four-backticks",))
