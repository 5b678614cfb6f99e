"""REF004 duplicate-name: two objects with one name.

## What it does

Reports every object whose name another object of the same kind has too (for macros: with the same number of arguments).
A name that content of two different kinds shares gets a warning in the dialects of contentctl 4 and 5, which refuse it.

## Why it matters

A name becomes a stanza of the app's configuration. Two stanzas of one name are merged, so one of the two objects is lost
and the other has a mixture of keys.

## Example

    detections/endpoint/log_cleared.yml:   name: Log Cleared
    detections/web/log_cleared.yml:        name: Log Cleared

## Use instead

A name of its own for each; a file that was copied needs a new `id` as well.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from generator.base.diagnostics import Note, Severity
from generator.base.source import Span
from generator.content.model import Dialect, Kind, Macro
from generator.rules.base import Found, Rule
from generator.rules.ref.names import noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import ContentObject
    from generator.rules.base import PackContext

_OLDER = {Dialect.V4, Dialect.V5}


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield each object that shares its name, with the other one."""
    by_name: defaultdict[str, list[ContentObject]] = defaultdict(list)
    for item in ctx.pack.objects():
        if item.name:
            by_name[item.name].append(item)
    for items in by_name.values():
        if len(items) > 1:
            yield from _shared(items)


def _shared(items: list[ContentObject]) -> Iterator[Found]:
    for item in items:
        others = [other for other in items if other is not item]
        same = next((other for other in others if _stanza(other) == _stanza(item)), None)
        if same is not None:
            yield _found(item, same, None)
            continue
        older = next((other for other in others if other.kind is not item.kind and _is_older(item, other)), None)
        if older is not None:
            yield _found(item, older, Severity.WARNING)


def _stanza(item: ContentObject) -> tuple[Kind, int]:
    return item.kind, len(item.arguments) if isinstance(item, Macro) else 0


def _is_older(*items: ContentObject) -> bool:
    return any(item.document.dialect in _OLDER for item in items)


def _found(item: ContentObject, other: ContentObject, severity: Severity | None) -> Found:
    return Found(
        message=f"the name `{item.name}` is also used by `{other.path}`",
        hint="give each object a name of its own",
        document=item.document,
        pointer=("name",),
        severity=severity,
        notes=(Note(f"a {noun(other.kind)} of the same name", Span(other.path)),),
    )


RULE = Rule(code="REF004", name="duplicate-name", severity=Severity.ERROR, since="0.1", check_pack=check)
