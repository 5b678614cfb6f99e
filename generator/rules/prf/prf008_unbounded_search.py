"""PRF008 unbounded-search: a search of events that does not say which.

## What it does

Reports searches whose first terms name no index, source, sourcetype, host, event type or tag, neither directly nor by a macro.

## Why it matters

Splunk searches the default indexes of whoever runs it: slow, and different for each user.

## Example

    "failed password"

## Use instead

    sourcetype=linux_secure "failed password"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.commands.search import Search
from generator.rules.base import Found, Rule
from generator.rules.prf.fetching import fetching_terms
from generator.spl.ast import Comparison, InTerm, MacroTerm, Name, SubsearchTerm, TokenTerm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_PLACES = frozenset({"index", "source", "sourcetype", "host", "eventtype", "tag", "splunk_server", "savedsearch"})


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the search."""
    tree = ctx.search.tree
    first = tree.commands[0] if tree.commands else None
    if not isinstance(first, Search) or not ctx.search.facts.parsed:
        return
    for node in fetching_terms(ctx.search, whole=False):
        if isinstance(node, MacroTerm | SubsearchTerm | TokenTerm):
            return
        if isinstance(node, Comparison | InTerm):
            name = node.field
            if (
                not isinstance(name, Name)
                or name.text.lower().partition("::")[0] in _PLACES
                or name.text.startswith("tag::")
            ):
                return
    yield Found(
        message="this search names no index, source or sourcetype",
        hint="begin with a macro that says where the events are",
        start=first.start,
        end=first.end,
    )


RULE = Rule(
    code="PRF008",
    name="unbounded-search",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection",),
    check_search=check,
)
