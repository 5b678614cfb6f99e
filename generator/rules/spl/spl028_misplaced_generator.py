"""SPL028 misplaced-generator: a command that must come first, and does not.

## What it does

Reports `tstats`, `inputlookup`, `from`, `makeresults` and their kin behind other commands, unless they append.

## Why it matters

Splunk refuses the search: the command must be the first one.

## Example

    index=web | tstats count from datamodel=Web

## Use instead

    index=web | append [| tstats count from datamodel=Web]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.ast import BrokenCommand, MacroCall, MacroCommand, Option, Pipeline, PlaceholderCommand
from generator.spl.booleans import means_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext
    from generator.spl.ast import Command

_FIRST = frozenset({
    "datamodel", "dbinspect", "eventcount", "from", "gentimes", "inputlookup", "loadjob", "makeresults", "metadata", "metasearch",
    "mstats", "pivot", "rest", "tstats", "typeahead", "walklex",
})  # fmt: skip
_UNKNOWN = (BrokenCommand, MacroCommand, PlaceholderCommand)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the commands that stand behind others."""
    if not ctx.search.facts.parsed or _FIRST.isdisjoint(ctx.search.facts.commands):
        return
    for pipeline in ctx.search.nodes_of(Pipeline):
        before: Command | None = None
        for command in pipeline.commands:
            if (
                command.name in _FIRST
                and before is not None
                and not isinstance(before, _UNKNOWN)
                and not _appends(command)
            ):
                yield Found(
                    message=f"`{command.name}` must be the first command",
                    hint="put it into a subsearch: `| append [| ...]`",
                    start=command.name_start,
                    end=command.name_end,
                )
            before = command


def _appends(command: Command) -> bool:
    options = getattr(command, "options", ())
    return any(
        isinstance(option, MacroCall)
        or (isinstance(option, Option) and option.name in {"append", "prestats"} and means_true(option.text or "t"))
        for option in options
    )


RULE = Rule(code="SPL028", name="misplaced-generator", severity=Severity.ERROR, since="0.1", check_search=check)
