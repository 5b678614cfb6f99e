"""SEC008 active-content: HTML that does something, in a text that is shown.

## What it does

Reports script and frame tags, event handlers and `javascript:` links in descriptions, messages, names and other prose.
Searches, which look for such texts for good reasons, are left alone.

## Why it matters

Such texts are shown by Splunk's pages and by the documentation site. This program escapes them; not every reader of the
app does, and then the text runs in the analyst's browser.

## Example

    description: Finds logins. <script src=https://example.com/x.js></script>

## Use instead

    description: Finds logins.

To speak about a tag, name it without its brackets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import ACTIVE, is_search, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_ACTIVE = re.compile(
    r"<(?:script|iframe|object|embed)\b[^>\n]*>?|\bon(?:error|load)\s*=|(?:javascript|vbscript):|data:text/html",
    re.IGNORECASE,
)


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield each place where a text is more than text."""
    document = ctx.item.document
    if ACTIVE not in marks(document):
        return
    for pointer, text in shipped_texts(document):
        if is_search(pointer) or pointer[0] == "j2_template":
            continue
        for match in _ACTIVE.finditer(text):
            yield Found(
                message=f"`{match[0]}` is active content in a text that is shown",
                hint="remove it, or name it in words",
                pointer=pointer,
                start=match.start(),
                end=match.end(),
            )


RULE = Rule(code="SEC008", name="active-content", severity=Severity.WARNING, since="0.1", check_object=check)
