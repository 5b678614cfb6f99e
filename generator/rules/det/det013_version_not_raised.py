"""DET013 version-not-raised: content that changed while its version stayed.

## What it does

With `--changed-since`, compares each changed file with what it was: when it says something else, `version` must be
greater. Reports versions that went down and ids that changed, too. Layout, comments and the order of keys are no change;
neither are the dates, which change together with the version, nor tests, which are not shipped.

## Why it matters

Users of the app, and Enterprise Security itself, tell by the version whether they have the newest content. What changes
in silence is never taken over, and an id that changes makes an old detection look new.

## Example

    version: 3        # and so it was before the search was changed

## Use instead

    version: 4
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Edit, Fix, Severity
from generator.content.positions import locate, source_of
from generator.rules.base import Found, Rule
from generator.rules.det.substance import VERSIONED, substance, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Document
    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the changed files whose version does not say so."""
    if ctx.previous is None:
        return
    for item in ctx.pack.objects():
        document = item.document
        if document.kind not in VERSIONED:
            continue
        before = ctx.previous(document.path)
        if before is not None and before.kind is document.kind:
            yield from _compared(document, before)


def _compared(now: Document, before: Document) -> Iterator[Found]:
    old_id, new_id = before.data.get("id"), now.data.get("id")
    if isinstance(old_id, str) and isinstance(new_id, str) and old_id != new_id:
        yield Found(
            message=f"the id changed from `{old_id}`",
            hint="write the old id; what is really new content belongs in a new file",
            document=now,
            pointer=("id",),
        )
    old, new = version_of(before), version_of(now)
    if old is None or new is None:
        return
    if new < old:
        yield Found(
            message=f"the version went down from {old} to {new}",
            hint=f"write at least {old}",
            document=now,
            pointer=("version",),
        )
    elif new == old and substance(now.data) != substance(before.data):
        yield Found(
            message=f"the content changed, and the version is {old} as before",
            hint=f"write {old + 1}",
            document=now,
            pointer=("version",),
            fix=_raised(now, old + 1),
        )


def _raised(document: Document, version: int) -> Fix | None:
    """Return the edit of a version that is written as a plain number."""
    span = locate(document, ("version",))
    source = source_of(document.path, document.text)
    start, end = source.offset(span.line, span.col), source.offset(span.end_line, span.end_col)
    if not document.text[start:end].isdecimal():
        return None
    return Fix(f"raise the version to {version}", (Edit(document.path, start, end, str(version)),))


RULE = Rule(code="DET013", name="version-not-raised", severity=Severity.ERROR, since="0.1", check_pack=check)
