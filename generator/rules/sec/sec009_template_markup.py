"""SEC009 template-markup: template markup in a text.

## What it does

Says where `{{ ... }}` or `{% ... %}` stands in prose: descriptions, messages, names. Searches, and a dashboard's own
template, are left out.

## Why it matters

Here the text is data and is shown as it stands. Other tools that build packs from templates run it, or fail. Often it was
meant to be filled in.

## Example

    description: Finds {{ tool }} on a host.

## Use instead

    description: Finds a renamed tool on a host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import TEMPLATE, is_search, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_MARKUP = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the first piece of markup of each text."""
    document = ctx.item.document
    if TEMPLATE not in marks(document):
        return
    for pointer, text in shipped_texts(document):
        match = _MARKUP.search(text)
        if match is not None and not is_search(pointer) and pointer[0] != "j2_template":
            yield Found(
                message=f"`{match[0]}` is not filled in",
                hint="write what it stands for",
                pointer=pointer,
                start=match.start(),
                end=match.end(),
            )


RULE = Rule(code="SEC009", name="template-markup", severity=Severity.INFO, since="0.1", check_object=check)
