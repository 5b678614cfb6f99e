"""SPL013 nested-too-deep: a search nested deeper than can be read.

## What it does

Reports subsearches, parentheses and calls that are nested far deeper than any real search.

## Why it matters

Splunk itself has limits there, and nobody can review such a search.

## Example

    ((((((((((... a=1 ...))))))))))

## Use instead

    a=1
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(code="SPL013", name="nested-too-deep", severity=Severity.ERROR, since="0.1", spl_errors=("too-deep",))
