"""REF013 reference-of-wrong-kind: a name that belongs to content of another kind.

## What it does

Reports references to a story, data source, detection, baseline or schedule whose name exists, but for content of another
kind.

## Why it matters

The reference leads nowhere, as with a misspelt name; here the wrong thing was meant, or written in the wrong list.

## Example

    analytic_story:
    - Renamed Tool        # a detection

## Use instead

The name of an object of the kind that the list holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect, Kind
from generator.rules.base import Found, Rule
from generator.rules.ref.names import noun, other_kind, unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_OLDER = (Kind.STORY, Kind.DATA_SOURCE, Kind.DETECTION)
_NATIVE = (*_OLDER, Kind.BASELINE, Kind.DEPLOYMENT)


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the references whose name is that of another kind of content."""
    for target in _NATIVE if ctx.item.document.dialect is Dialect.NATIVE else _OLDER:
        for reference in unresolved(ctx, target):
            kind = other_kind(ctx.env, reference)
            if kind is not None:
                yield Found(
                    message=f"`{reference.name}` is a {noun(kind)}, not a {noun(target)}",
                    hint=f"name a {noun(target)} here",
                    pointer=reference.pointer,
                    start=reference.start,
                    end=reference.end,
                )


RULE = Rule(
    code="REF013",
    name="reference-of-wrong-kind",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline", "investigation", "playbook"),
    check_object=check,
)
