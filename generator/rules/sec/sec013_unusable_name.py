r"""SEC013 unusable-name: a name that cannot be that of a stanza.

## What it does

Reports names of detections, baselines, stories, lookups and macros with a square bracket, a line break, a tab, or blanks
at an end.

## Why it matters

The name stands in the header of a stanza, `[ESCU - <name> - Rule]`, which ends at the first `]` and at the end of the line.
What cannot stand there is changed when the app is rendered: Splunk then knows the content by another name than the pack.

## Example

    name: Renamed Tool [Beta]

## Use instead

    name: Renamed Tool (Beta)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_UNUSABLE = re.compile(r"[\[\]\r\n\t]|\A +| +\Z")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the first part of the name that a header cannot hold."""
    match = _UNUSABLE.search(ctx.item.name)
    if match is not None:
        what = {"[": "a bracket", "]": "a bracket", " ": "a blank at an end", "\t": "a tab"}.get(
            match[0][0], "a line break"
        )
        yield Found(
            message=f"the name has {what}, which the header of a stanza cannot hold",
            hint="choose a name without it",
            pointer=("name",),
            start=match.start(),
            end=match.end(),
        )


RULE = Rule(
    code="SEC013",
    name="unusable-name",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("detection", "baseline", "story", "lookup", "macro", "investigation"),
    check_object=check,
)
