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

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.ast import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_OPENING = ("\u201c", "\u2018", "\u201d", "\u2019")


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the values that begin with one: to the parser these are words like any other."""
    text = ctx.search.expansion.text
    if text.isascii() or not any(quote in text for quote in _OPENING):
        return
    for node in ctx.search.nodes_of(Name):
        if not node.quote and node.text.startswith(_OPENING):
            yield Found(
                message="this is a typographic quote, which Splunk does not know",
                hint='write `"`',
                start=node.start,
                end=node.start + 1,
            )


RULE = Rule(
    code="SPL008",
    name="typographic-quote",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("typographic-quote",),
    check_search=check,
)
