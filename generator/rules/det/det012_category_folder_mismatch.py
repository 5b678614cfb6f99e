"""DET012 category-folder-mismatch: a detection that lies in the folder of another category.

## What it does

In the native dialect, compares `category` with the folder below `detections/`. Deprecated detections are left to DEP001.

## Why it matters

The documentation, the tests and other tools find detections by their folder; contentctl-ng refuses the pack.

## Example

    # detections/endpoint/renamed_tool.yml
    category: network

## Use instead

    category: endpoint

or move the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_CATEGORIES = frozenset({"application", "cloud", "endpoint", "network", "web", "deprecated"})


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the category that is not the folder's."""
    item = ctx.item
    if not isinstance(item, Detection) or item.document.dialect is not Dialect.NATIVE:
        return
    written = item.document.data.get("category")
    folders = item.path.split("/")[1:-1]
    if written not in _CATEGORIES or not folders or written == folders[0]:
        return
    if item.status == "deprecated" or item.deprecation is not None or "deprecated" in folders:
        return
    yield Found(
        message=f"the category is `{written}`, and the file lies in `{folders[0]}`",
        hint="change the category, or move the file",
        pointer=("category",),
    )


RULE = Rule(
    code="DET012",
    name="category-folder-mismatch",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
