"""DEP002 dangling-deprecation: a deprecation mapping names content that does not exist.

## What it does

Reports entries of `removed/deprecation_mapping*.YML` whose `content` is neither the name of content in the pack nor that
of removed content.

## Why it matters

The entry has no effect: the content that was meant goes without notice to those who use it.

## Example

    detections:
    - content: Old Tol
      removed_in_version: 6.0.0
      reason: The new detection covers it.

## Use instead

The exact `name` of the content. Content that is gone for good keeps a file in `removed/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule
from generator.rules.dep.versions import mapping_severity, statuses
from generator.rules.unread import may_be_named, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the entries whose content does not exist."""
    names = {name for _kind, name, _status in statuses(ctx.pack)}
    unread = unread_texts(ctx.pack)
    for entry in ctx.pack.deprecation_entries:
        if entry.content and entry.content not in names and not may_be_named(entry.content, unread):
            yield Found(
                message=f"deprecated content `{entry.content}` does not exist",
                hint=did_you_mean(entry.content, names),
                document=entry.document,
                pointer=(*entry.pointer, "content"),
                severity=mapping_severity(ctx.env.config),
            )


RULE = Rule(code="DEP002", name="dangling-deprecation", severity=Severity.ERROR, since="0.1", check_pack=check)
