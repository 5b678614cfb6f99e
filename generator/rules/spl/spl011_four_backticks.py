"""SPL011 four-backticks: a comment's backticks next to a macro's.

## What it does

Reports four backticks in a row, where a macro call touches a comment.

## Why it matters

Splunk cannot tell where the macro ends and the comment begins.

## Example

    `my_filter````a comment```

## Use instead

    `my_filter` ```a comment```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_TICKS = re.compile(r'"(?:[^"\\]++|\\.)*+"|(````)', re.DOTALL)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the first place of the text as written: once macros are expanded, their backticks are gone."""
    if "````" not in ctx.search.text:
        return
    for match in _TICKS.finditer(ctx.search.text):
        if match.group(1) is not None:
            yield Found(
                message="four backticks in a row: Splunk cannot tell macro and comment apart",
                hint="put a blank between a macro's closing backtick and a comment's three backticks",
                start=match.start(),
                end=match.end(),
                in_source=True,
            )
            return


RULE = Rule(
    code="SPL011",
    name="four-backticks",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("four-backticks",),
    check_search=check,
)
