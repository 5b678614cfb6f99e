"""SEC012 secret-in-url: an address with a key or token in its query.

## What it does

Reports addresses behind `url=`, `host=` and the like whose query sets a parameter named like a key, token or password.

## Why it matters

Queries are logged by everything on the way. AppInspect warns of them.

## Example

    search: '| rest url="https://example.com/api?token=0123456789"'

## Use instead

The token in a header, kept in Splunk's credential store.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import SENSITIVE, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_SENSITIVE = re.compile(
    r"(?:url|uri|host|server|prox|proxy_str)s?[ \t]*=[ \t]*[\"']?"
    r"(https?://[^\"'\s?]*\?[^\"'\s]*?(?:key|pass|pwd|token)[0-9a-z]*=[^&\"'\s]+)",
    re.IGNORECASE,
)


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield each such address."""
    document = ctx.item.document
    if SENSITIVE not in marks(document):
        return
    for pointer, text in shipped_texts(document):
        for match in _SENSITIVE.finditer(text):
            yield Found(
                message="the address holds a key, token or password",
                hint="send it in a header",
                pointer=pointer,
                start=match.start(1),
                end=match.end(1),
            )


RULE = Rule(code="SEC012", name="secret-in-url", severity=Severity.WARNING, since="0.1", check_object=check)
