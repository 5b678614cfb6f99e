"""MAC002 macro-arguments: a macro called with the wrong number of arguments.

## What it does

Counts the arguments of each call of a macro whose definition is known, in searches and in other macros.

## Why it matters

Splunk finds macros by name and number of arguments: to it, this macro does not exist.

## Example

    `my_time` with a macro that has `arguments: [field]`

## Use instead

    `my_time(firstTime)`
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="MAC002", name="macro-arguments", severity=Severity.ERROR, since="0.1", spl_errors=("macro-arguments",)
)
