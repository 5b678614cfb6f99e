"""FLD009 unresolved-token-form: a field in a message that is written in a form which Splunk does not fill.

## What it does

Reports `%field%`, `{{field}}` and `{field}` in messages and titles where the results have a field of that name.

## Why it matters

Splunk fills `$field$` only. The other forms are those of other tools, and stay as they are.

## Example

    message: {{user}} logged in to $dest$

## Use instead

    message: $user$ logged in to $dest$
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.rules.fld.results import results_of, texts_with_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_FORM = re.compile(r"(?<![$\w])(?:%([A-Za-z_][\w.]*)%|\{\{\s*([A-Za-z_][\w.]*)\s*\}\}|\{([A-Za-z_][\w.]*)\})(?!\w)")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the names of fields in another tool's form."""
    item = ctx.item
    if not isinstance(item, Detection):
        return
    for pointer, what, text in texts_with_tokens(item):
        if "%" not in text and "{" not in text:
            continue
        search = results_of(ctx)
        if search is None:
            return
        for match in _FORM.finditer(text):
            name = match.group(1) or match.group(2) or match.group(3)
            if name in search.final.names:
                yield Found(
                    message=f"Splunk does not fill `{match.group()}` in the {what}",
                    hint=f"write `${name}$`",
                    pointer=pointer,
                    start=match.start(),
                    end=match.end(),
                )


RULE = Rule(
    code="FLD009",
    name="unresolved-token-form",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
