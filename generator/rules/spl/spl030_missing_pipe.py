"""SPL030 missing-pipe: a search that begins with a generating command, without the pipe in front.

## What it does

Reports searches whose first word is `tstats`, `inputlookup`, `makeresults` or one of their kin, and no pipe stands before it.

## Why it matters

A search that begins without a pipe looks for words: Splunk searches the events for the word `tstats`, and finds nothing.

## Example

    tstats count from datamodel=Web by Web.src

## Use instead

    | tstats count from datamodel=Web by Web.src
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.analysis.model import Role
from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

# Words that are looked for as such (`rest`, `metadata`, `history`) are left out.
_FIRST = re.compile(
    r"\s*(dbinspect|eventcount|gentimes|inputlookup|loadjob|makeresults|mcatalog|metasearch|mstats|tstats|walklex"
    r"|from(?=\s+(?:datamodel|inputlookup|lookup|savedsearch)\b))(?=[\s`]+(?!AND\b|OR\b)\S)"
)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the first word."""
    if ctx.search.role is not Role.SEARCH:
        return
    first = _FIRST.match(ctx.search.expansion.text)
    if first is not None:
        yield Found(
            message=f"no pipe stands before `{first.group(1)}`, so it is a word to look for",
            hint=f"write `| {first.group(1)}`",
            start=first.start(1),
            end=first.end(1),
        )


RULE = Rule(
    code="SPL030",
    name="missing-pipe",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline", "investigation"),
    check_search=check,
)
