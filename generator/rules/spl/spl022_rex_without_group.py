"""SPL022 rex-without-group: a `rex` that extracts nothing.

## What it does

Reports `rex` commands (but `mode=sed`) whose pattern has no named group.

## Why it matters

Splunk refuses the search: it does not know what the field should be called.

## Example

    | rex field=url "https?://([^/]+)"

## Use instead

    | rex field=url "https?://(?<domain>[^/]+)"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.commands.rex import Rex
from generator.rules.base import Found, Rule
from generator.spl.ast import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_NAMED = re.compile(r"\(\?(?:P?<[^=!]|')|[`$]|<<")


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the commands without a named group."""
    for node in ctx.search.nodes_of(Rex):
        if isinstance(node.pattern, Name) and not node.sed and _NAMED.search(node.pattern.text) is None:
            yield Found(
                message="`rex` extracts nothing: its pattern has no named group",
                hint="name what you need: `(?<name>...)`; to filter, use `regex`",
                start=node.pattern.start,
                end=node.pattern.end,
            )


RULE = Rule(code="SPL022", name="rex-without-group", severity=Severity.ERROR, since="0.1", check_search=check)
