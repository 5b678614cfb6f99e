"""REF011 unused-data-source: a data source that no detection is written for.

## What it does

Reports data sources that no detection and no baseline names under `data_source`.

## Why it matters

It may be there for later, so this is a remark only; but it may also be that detections name it otherwise.

## Example

    data_sources/sysmon_eventid_99.yml, and no `data_source` with its name

## Use instead

Name the data source in the detections that read it, or delete it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.ref.names import split_sources
from generator.rules.unread import may_be_named, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the data sources that nothing names."""
    pack = ctx.pack
    texts = {text for group in (pack.detections, pack.baselines) for item in group for text in item.data_source}
    used = {name for text in texts for name, _start, _end in split_sources(text)}
    unread = unread_texts(pack)
    for source in pack.data_sources:
        if source.name not in used and not may_be_named(source.name, unread):
            yield Found(
                message=f"no detection is written for the data source `{source.name}`",
                document=source.document,
                pointer=("name",),
            )


RULE = Rule(code="REF011", name="unused-data-source", severity=Severity.INFO, since="0.1", check_pack=check)
