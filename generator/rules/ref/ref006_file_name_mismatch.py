"""REF006 file-name-mismatch: a file that is not called like what it defines.

## What it does

Compares the name of a file with the `name` in it: in lower case, with a blank, `-`, `.` and `/` as `_`. Macros and lookups
may keep their upper case; playbooks are compared without regard to case. It is an error for detections, a warning for
the rest.

## Why it matters

The filter macro of a detection is named after its file (`<file>_filter`), and people find content by file name. After a
renaming, the two must not drift apart.

## Example

    detections/endpoint/log_clear.yml:   name: Log Cleared

## Use instead

Rename the file (`log_cleared.yml`), and the filter macro in the search with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Kind
from generator.content.names import file_stem, spelled_stem
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the object whose file has another name."""
    item = ctx.item
    if not item.name:
        return
    stem = item.document.stem
    expected = file_stem(item.name)
    if stem == expected:
        return
    if item.kind in {Kind.MACRO, Kind.LOOKUP} and stem == spelled_stem(item.name):
        return
    if item.kind is Kind.PLAYBOOK and stem.lower() == expected:
        return
    yield Found(
        message=f"the file of `{item.name}` is called `{item.path.rpartition('/')[2]}`, not `{expected}.yml`",
        hint=f"rename the file to `{expected}.yml`, or correct the name",
        pointer=("name",),
        severity=Severity.ERROR if item.kind is Kind.DETECTION else None,
    )


RULE = Rule(code="REF006", name="file-name-mismatch", severity=Severity.WARNING, since="0.1", check_object=check)
