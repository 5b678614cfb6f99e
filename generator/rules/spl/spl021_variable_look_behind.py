r"""SPL021 variable-look-behind: a look-behind without a fixed length.

## What it does

Reports `(?<=...)` and `(?<!...)` with a repetition of no fixed count inside.

## Why it matters

PCRE, which Splunk uses, refuses them; other engines take them, so that the pattern may have worked where it was tried.

## Example

    | rex "(?<=user=\s*)(?<user>\w+)"

## Use instead

    | rex "user=\s*(?<user>\w+)"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.spl.patterns import patterns_of
from generator.spl.pcre import variable_look_behind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the look-behinds."""
    if "(?<=" not in ctx.search.expansion.text and "(?<!" not in ctx.search.expansion.text:
        return
    for pattern in patterns_of(ctx.search):
        found = variable_look_behind(pattern.text)
        if found is not None:
            yield Found(
                message="this look-behind has no fixed length, which Splunk's regular expressions need",
                hint="match the text before, and keep what you need in a named group",
                start=pattern.place(found[0])[0],
                end=pattern.place(found[1] - 1)[1],
            )


RULE = Rule(code="SPL021", name="variable-look-behind", severity=Severity.ERROR, since="0.1", check_search=check)
