"""SPL029 bad-time-modifier: an `earliest` or `latest` in a search that is no time.

## What it does

Reads the values of `earliest` and `latest` among the terms of `search` and `tstats` as Splunk does: relative (`-24h@h`), as
seconds since 1970, or as a date and time.

## Why it matters

Splunk refuses the search.

## Example

    index=web earliest=-24hh

## Use instead

    index=web earliest=-24h
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.knowledge.timemod import TimeModifierError, parse_time_modifier
from generator.rules.base import Found, Rule
from generator.spl.ast import Comparison, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_TIMES = frozenset({"earliest", "latest", "_index_earliest", "_index_latest"})


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the values that are no time."""
    if "earliest" not in ctx.search.expansion.text and "latest" not in ctx.search.expansion.text:
        return
    for node in ctx.search.nodes_of(Comparison):
        if node.op != "=" or not isinstance(node.field, Name) or node.field.text not in _TIMES:
            continue
        value = node.value
        if not isinstance(value, Name) or not value.text or any(char in value.text for char in "/:$*<"):
            continue
        if value.text.lower().startswith("rt"):
            continue
        try:
            parse_time_modifier(value.text)
        except TimeModifierError as error:
            yield Found(
                message=f"`{value.text}` is no time: {error}",
                hint="such as `-24h@h`, `@d` or `now`",
                start=value.start,
                end=value.end,
            )


RULE = Rule(code="SPL029", name="bad-time-modifier", severity=Severity.ERROR, since="0.1", check_search=check)
