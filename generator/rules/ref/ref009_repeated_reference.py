"""REF009 repeated-reference: a list that says the same twice.

## What it does

Reports entries that repeat an earlier one of the same list: stories, data sources, detections, baselines, references,
techniques, CVE ids, products, groups. Such an entry on a line of its own is removed by `--fix`.

## Why it matters

The second entry adds nothing. contentctl 5 refuses a file in which a story is named twice.

## Example

    analytic_story:
    - Ransomware
    - Data Destruction
    - Ransomware

## Use instead

    analytic_story:
    - Ransomware
    - Data Destruction
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.base.diagnostics import Edit, Fix, Severity
from generator.content.positions import locate, source_of
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Document, Pointer
    from generator.rules.base import ObjectContext

_LISTS = frozenset(
    (
        "analytic_story",
        "data_source",
        "data_sources",
        "detections",
        "baselines",
        "references",
        "mitre_attack_id",
        "cve",
        "product",
        "group",
        "threat_group",
        "atomic_guid",
    )
)
_DASH = re.compile(r"[ ]*-[ ]+")
_NOTHING_MORE = re.compile(r"[ \t]*(?:#.*)?")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the entries that repeat an earlier one."""
    document = ctx.item.document
    data = document.data
    tags = data.get("tags")
    holders: tuple[tuple[object, Pointer], ...] = ((data, ()), (tags, ("tags",)))
    for holder, prefix in holders:
        if not isinstance(holder, Mapping):
            continue
        for key in _LISTS & holder.keys():
            values = holder[key]
            if isinstance(values, list) and len(values) > 1:
                yield from _repeated(document, (*prefix, key), values)


def _repeated(document: Document, pointer: Pointer, values: list[object]) -> Iterator[Found]:
    texts = [value for value in values if isinstance(value, str)]
    seen: set[str] = set()
    if len(set(texts)) == len(texts):
        return
    for index, text in enumerate(values):
        if not isinstance(text, str):
            continue
        if text in seen:
            yield Found(
                message=f"`{text}` stands in `{pointer[-1]}` already",
                hint="remove the second one",
                pointer=(*pointer, index),
                fix=_removal(document, (*pointer, index)),
            )
        seen.add(text)


def _removal(document: Document, pointer: Pointer) -> Fix | None:
    """Return the removal of an entry that has lines of its own, None for one inside of `[...]`."""
    span = locate(document, pointer)
    source = source_of(document.path, document.text)
    before = source.line(span.line)[: span.col - 1]
    behind = source.line(span.end_line)[span.end_col - 1 :]
    if not _DASH.fullmatch(before) or not _NOTHING_MORE.fullmatch(behind):
        return None
    start = source.offset(span.line, 1)
    line_end = document.text.find("\n", source.offset(span.end_line, span.end_col))
    end = len(document.text) if line_end == -1 else line_end + 1
    return Fix("remove the entry", (Edit(document.path, start, end, ""),))


RULE = Rule(code="REF009", name="repeated-reference", severity=Severity.WARNING, since="0.1", check_object=check)
