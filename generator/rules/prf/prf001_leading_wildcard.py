"""PRF001 leading-wildcard: a word that begins with a wildcard among the terms that fetch events.

## What it does

Reports bare words and phrases such as `*admin` in the first `search` of a pipeline. Fields with such values are left out: there
the other terms decide what is read.

## Why it matters

Splunk finds words by their beginning in its index. For a word that begins with `*` it must read every event in the time range.

## Example

    index=web *admin.php*

## Use instead

    index=web admin.php
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.prf.fetching import fetching_terms
from generator.spl.ast import Keyword

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the words."""
    for node in fetching_terms(ctx.search):
        if isinstance(node, Keyword) and node.value.text.startswith("*") and node.value.text.strip("*"):
            yield Found(
                message=f"`{node.value.text}` begins with a wildcard: every event has to be read",
                hint="begin with the word, or compare a field",
                start=node.start,
                end=node.end,
            )


RULE = Rule(
    code="PRF001",
    name="leading-wildcard",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline"),
    check_search=check,
)
