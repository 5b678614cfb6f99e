"""DMO006 missing-summariesonly: a `tstats` over a data model that does not say whether to read summaries only.

## What it does

Reports `tstats` commands over a data model without the option `summariesonly`, written out or by a macro (macros are
expanded: it is known by what it gives, not by its name).

## Why it matters

The default is `false`: beside the summaries, Splunk searches all raw events that are not summarised yet, which can take a
hundred times as long. A macro lets the user of the pack choose.

## Example

    | tstats count from datamodel=Endpoint.Processes

## Use instead

    | tstats `security_content_summariesonly` count from datamodel=Endpoint.Processes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.commands.tstats import Tstats
from generator.rules.base import Found, Rule
from generator.spl.ast import MacroCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the commands without the option."""
    for node in ctx.search.nodes_of(Tstats):
        if not node.from_datamodel or any(isinstance(item, MacroCall) for item in (*node.options, *node.aggregations)):
            continue
        if not any(not isinstance(option, MacroCall) and option.name == "summariesonly" for option in node.options):
            yield Found(
                message="this `tstats` does not say `summariesonly`",
                hint="add a macro that gives the option, so that users can choose",
                start=node.name_start,
                end=node.name_end,
            )


RULE = Rule(
    code="DMO006",
    name="missing-summariesonly",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection",),
    check_search=check,
)
