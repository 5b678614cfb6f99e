r"""SEC003 hidden-character: a character that is not seen, or makes others look different from what they are.

## What it does

Reports control characters, marks that turn the direction of writing, and tag characters as errors; zero-width blanks, soft
hyphens and the like as warnings. The joiners that scripts and emoji need are left alone.

## Why it matters

A reviewer sees another text than Splunk runs. A field name with a zero-width blank matches nothing; a text that turns the
direction hides a condition in what looks like a comment.

## Example

    search: index=win user="adm\u200bin"

## Use instead

The text without the character; retype it where it came in by copy and paste.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import HIDDEN, ODD, marks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_SOFT = frozenset("\xad\u061c\u180e\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the first hidden character of each text."""
    document = ctx.item.document
    if HIDDEN not in marks(document):
        return
    for pointer, text in texts(document.data, ()):
        match = ODD.search(text)
        if match is None:
            continue
        character = match[0]
        yield Found(
            message=f"the text holds {_named(character)}, which is not seen",
            hint="remove it",
            pointer=pointer,
            start=match.start(),
            end=match.end(),
            severity=Severity.WARNING if character in _SOFT else None,
        )


def _named(character: str) -> str:
    name = unicodedata.name(character, "a control character").lower()
    article = "" if name.startswith("a ") else "a "
    return f"{article}{name} (U+{ord(character):04X})"


RULE = Rule(code="SEC003", name="hidden-character", severity=Severity.ERROR, since="0.1", check_object=check)
