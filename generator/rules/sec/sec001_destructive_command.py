"""SEC001 destructive-command: a text with `rm -rf` in it.

## What it does

Reports `rm -rf` in the texts that go into the app, in any place: descriptions, searches, messages. Its relatives (`rm -r`,
`rm  -f`) are warnings. AppInspect looks for the letters, so `term -rf` is reported as well.

## Why it matters

AppInspect takes the text for a command that wipes the disk, and Splunk Cloud refuses the app.

## Example

    search: process="*rm -rf*"

## Use instead

    search: process="*rm *-rf*"

In prose, `rm` with the options named in words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import DESTRUCTIVE, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_REFUSED = re.compile(r"""rm -rf|["']rm["'][ \t]*,[ \t]*["']-[rf]{2}["']""")
_WARNED = re.compile(r"rm[^\S\n]+-[rf]+")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield each place of the command."""
    document = ctx.item.document
    if DESTRUCTIVE not in marks(document):
        return
    for pointer, text in shipped_texts(document):
        refused = {match.start(): match for match in _REFUSED.finditer(text)}
        places = {**{match.start(): match for match in _WARNED.finditer(text)}, **refused}
        for start, match in sorted(places.items()):
            fails = start in refused
            yield Found(
                message=f"AppInspect {'refuses' if fails else 'warns of'} apps with the text `{match[0]}`",
                hint="write it in another way, such as `rm *-rf` in a search",
                pointer=pointer,
                start=start,
                end=match.end(),
                severity=None if fails else Severity.WARNING,
            )


RULE = Rule(code="SEC001", name="destructive-command", severity=Severity.ERROR, since="0.1", check_object=check)
