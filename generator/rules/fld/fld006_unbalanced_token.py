"""FLD006 unbalanced-token: a dollar sign in a message, title or drilldown's name that is no part of a token.

## What it does

Reports dollar signs without a partner, and empty tokens (`$$`), in texts whose `$token$`s are filled from the results.

## Why it matters

Splunk pairs dollar signs from left to right: one too many, and every token behind it is read inside out. The `$` of a
share (`ADMIN$`) counts as well.

## Example

    message: a service started on $dest by $user$

## Use instead

    message: a service started on $dest$ by $user$
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.rules.fld.results import texts_with_tokens
from generator.rules.fld.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer
    from generator.rules.base import ObjectContext


_BALANCED = re.compile(r"[^$]*+(?:\$[^\s$]++\$[^$]*+)*+")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the first lonely dollar sign of each text."""
    item = ctx.item
    if not isinstance(item, Detection):
        return
    names = ctx.search.final.names if ctx.search is not None else frozenset()
    for pointer, what, text in _texts(item):
        if "$" not in text or _BALANCED.fullmatch(text) is not None:
            continue
        alone = tokens_of(text, names)[1]
        if alone:
            at = alone[0]
            empty = text.startswith("$$", at)
            yield Found(
                message=f"`$$` is an empty token in the {what}"
                if empty
                else f"this `$` of the {what} is no part of a token",
                hint="write `$field$` with both dollar signs; a `$` on its own has no place in this text",
                pointer=pointer,
                start=at,
                end=at + (2 if empty else 1),
            )


def _texts(item: Detection) -> Iterator[tuple[Pointer, str, str]]:
    yield from texts_with_tokens(item)
    for drilldown in item.drilldowns:
        yield (*drilldown.pointer, "name"), "drilldown's name", drilldown.name


RULE = Rule(
    code="FLD006",
    name="unbalanced-token",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
