"""DEP007 deprecated-replacement: the replacement of deprecated content goes as well, or is gone.

## What it does

Reports names under `replacement_content` of content that is itself deprecated or removed.

## Why it matters

Users would move twice, or to something that is no longer there.

## Example

    replacement_content:
    - Old Tool      # status: deprecated

## Use instead

The content that will stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.dep.replacements import replacements
from generator.rules.dep.versions import statuses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the replacements that are deprecated or removed."""
    gone: dict[str, str] = {}
    live: set[str] = set()
    for _kind, name, status in statuses(ctx.pack):
        if status in {"deprecated", "removed"}:
            gone[name] = status
        else:
            live.add(name)
    for name, document, pointer, _mapped in replacements(ctx.pack):
        if name in gone and name not in live:
            yield Found(
                message=f"the replacement `{name}` is {gone[name]} itself",
                hint="name the content that stays",
                document=document,
                pointer=pointer,
            )


RULE = Rule(code="DEP007", name="deprecated-replacement", severity=Severity.WARNING, since="0.1", check_pack=check)
