"""SEC011 refused-text: a text for which AppInspect refuses the app.

## What it does

Reports `| runshellscript`, `services/datamodel/acceleration` and `apps/appinstall` in the texts that go into the app, and
the words `tscollect`, `findtypes` and `input add` or `input remove` in searches and macros.

## Why it matters

Splunk Cloud does not install an app that uses these commands and addresses, which are withdrawn or dangerous. AppInspect
looks for the words only, so an innocent sentence is refused as well.

## Example

    search: index=win | tscollect namespace=win

## Use instead

    search: index=win | collect index=summary
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import REFUSED, is_search, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_ANYWHERE = re.compile(r"\|[^\S\n]*runshellscript|services/datamodel/acceleration|apps/appinstall")
_IN_SEARCHES = re.compile(r"(?<!\w)(?:tscollect|findtypes|input\s*(?:add|remove))(?!\w)")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield each place of such a text."""
    document = ctx.item.document
    if REFUSED not in marks(document):
        return
    for pointer, text in shipped_texts(document):
        patterns = (_ANYWHERE, _IN_SEARCHES) if is_search(pointer) and len(pointer) == 1 else (_ANYWHERE,)
        for pattern in patterns:
            for match in pattern.finditer(text):
                yield Found(
                    message=f"AppInspect refuses apps with the text `{match[0]}`",
                    hint="use another command, or write it in another way",
                    pointer=pointer,
                    start=match.start(),
                    end=match.end(),
                )


RULE = Rule(code="SEC011", name="refused-text", severity=Severity.ERROR, since="0.1", check_object=check)
