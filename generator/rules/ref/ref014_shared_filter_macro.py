"""REF014 shared-filter-macro: two detections whose filter macro is the same.

## What it does

Reports detections in different folders whose files have the same name.

## Why it matters

The filter macro is named after the file. With the same file name two detections share one: what is filtered from one is
filtered from the other as well.

## Example

    detections/endpoint/log_cleared.yml:   name: Log Cleared
    detections/cloud/log_cleared.yml:      name: Log-Cleared

## Use instead

Names that differ by more than punctuation and case.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from generator.base.diagnostics import Note, Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Detection
    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield each detection that shares its filter macro."""
    by_macro: defaultdict[str, list[Detection]] = defaultdict(list)
    for detection in ctx.pack.detections:
        by_macro[detection.filter_macro].append(detection)
    for macro, detections in by_macro.items():
        if len(detections) == 1:
            continue
        for detection in detections:
            # Two of one name are reported as that.
            other = next((other for other in detections if other.name != detection.name), None)
            if other is None:
                continue
            yield Found(
                message=f"the filter macro `{macro}` is also that of `{other.path}`",
                hint="rename one of the two detections and its file",
                document=detection.document,
                pointer=("name",),
                notes=(Note("the other detection", Span(other.path)),),
            )


RULE = Rule(code="REF014", name="shared-filter-macro", severity=Severity.WARNING, since="0.1", check_pack=check)
