"""FLD002 message-token-missing: a token in a message or title that the results do not fill.

## What it does

Follows the fields through the detection's search, and reports each `$token$` of the risk message or the finding's title
that no field of the results can fill. Where the search uses anything whose fields are not known, it says nothing.

## Why it matters

The analyst reads `$user_name$` instead of the name. A field that occurs somewhere in the search is not enough: `stats`
and `table` leave only what they name.

## Example

    search: ... | stats count by dest
    message: $user$ logged in to $dest$

## Use instead

    search: ... | stats count by dest user
    message: $user$ logged in to $dest$
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.rules.fld.results import missing, results_of, severity_of, texts_with_tokens
from generator.rules.fld.tokens import is_of_the_search, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the tokens that stay as they are."""
    item = ctx.item
    search = results_of(ctx)
    if search is None or not isinstance(item, Detection):
        return
    for pointer, what, text in texts_with_tokens(item):
        if "$" not in text:
            continue
        for token in tokens_of(text, search.final.names)[0]:
            if is_of_the_search(token.name):
                continue
            said = missing(search, token.name, f"{what} token")
            if said is not None:
                yield Found(
                    message=said[0],
                    hint=said[1],
                    pointer=pointer,
                    start=token.start,
                    end=token.end,
                    severity=severity_of(item),
                )


RULE = Rule(
    code="FLD002",
    name="message-token-missing",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
