"""SPL008 typographic-quote: a curly quote where a straight one is meant.

## What it does

Reports typographic quotes outside of texts, where nothing but a quote can be meant.

## Why it matters

Editors and web pages put them in. To Splunk they are letters: it refuses the search, or searches for them.

## Example

    | eval state=“open”

## Use instead

    | eval state="open"
"""

from generator.base.diagnostics import Severity
from generator.rules.base import Rule

RULE = Rule(
    code="SPL008", name="typographic-quote", severity=Severity.ERROR, since="0.1", spl_errors=("typographic-quote",)
)
