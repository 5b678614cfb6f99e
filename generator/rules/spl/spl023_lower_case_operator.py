"""SPL023 lower-case-operator: `and`, `or` or `not` in lower case among search terms.

## What it does

Reports the bare words `and`, `or` and `not` where the search language reads them as words to be found.

## Why it matters

Search operators are upper-case. In lower case the events must hold the word itself, so `a=1 or b=2` asks for both conditions
and for the word "or". (`where` and `eval` take both.)

## Example

    index=web status=404 or status=500

## Use instead

    index=web status=404 OR status=500
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.ast import Keyword

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_WORDS = frozenset({"and", "or", "not"})


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the words."""
    for node in ctx.search.nodes_of(Keyword):
        word = node.value
        if not word.quote and word.text.lower() in _WORDS:
            yield Found(
                message=f"`{word.text}` is a word to be found here, not an operator",
                hint=f"write `{word.text.upper()}`, or quote it if you mean the word",
                start=node.start,
                end=node.end,
            )


RULE = Rule(code="SPL023", name="lower-case-operator", severity=Severity.WARNING, since="0.1", check_search=check)
