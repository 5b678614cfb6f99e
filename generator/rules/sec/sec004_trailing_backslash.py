r"""SEC004 trailing-backslash: a text that ends in a backslash.

## What it does

Reports texts that go into `.conf` files and whose last character is a backslash.

## Why it matters

In a `.conf` file a backslash at the end of a line goes on in the next one: the value swallows the setting that follows.
This program writes such a value safely; other tools that build or edit the app do not, and AppInspect says nothing.

## Example

    search: process_path="C:\Windows\

## Use instead

    search: process_path="C:\Windows\*"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import TAIL, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the texts that end in a backslash."""
    document = ctx.item.document
    if TAIL not in marks(document):
        return
    for pointer, text in shipped_texts(document):
        end = len(text.rstrip())
        if end and text[end - 1] == "\\":
            yield Found(
                message="the text ends in a backslash, which goes on in the next line of a .conf file",
                hint="put something behind it, or leave it out",
                pointer=pointer,
                start=end - 1,
                end=end,
            )


RULE = Rule(code="SEC004", name="trailing-backslash", severity=Severity.INFO, since="0.1", check_object=check)
