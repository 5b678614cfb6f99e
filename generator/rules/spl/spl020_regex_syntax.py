r"""SPL020 regex-syntax: a regular expression that does not compile.

## What it does

Compiles the patterns of `rex`, `regex`, `match()` and `replace()` as Splunk does: first the text's own level of quoting
(`\\` is one backslash), then PCRE.

## Why it matters

Splunk refuses the search.

## Example

    | rex field=path "(?<folder>C:\\\Temp"

## Use instead

    | rex field=path "(?<folder>C:\\\\Temp)"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.spl.patterns import patterns_of
from generator.spl.pcre import pattern_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the patterns with a mistake, at its place."""
    for pattern in patterns_of(ctx.search):
        found = pattern_error(pattern.text)
        if found is not None:
            start, end = pattern.place(found.at)
            yield Found(
                message=f"the regular expression of `{pattern.command}` does not compile: {found.message}",
                hint="in a search, a backslash that the pattern needs literally is written as four",
                start=start,
                end=end,
            )


RULE = Rule(code="SPL020", name="regex-syntax", severity=Severity.ERROR, since="0.1", check_search=check)
