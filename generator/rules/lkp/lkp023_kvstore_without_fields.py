"""LKP023 kvstore-without-fields: a KV store lookup that does not list its fields.

## What it does

Reports lookups over a `collection` without `fields_list` (v4 dialect). In the newer dialects the schema demands `fields`.

## Why it matters

Splunk's transforms.conf needs `fields_list` for a KV store: without it the lookup gives nothing.

## Example

    collection: s3_deletion_baseline

## Use instead

    collection: s3_deletion_baseline
    fields_list: _key, arn, latestCount
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect, Lookup
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the KV store lookup without fields."""
    item = ctx.item
    if not isinstance(item, Lookup) or item.document.dialect not in {Dialect.V3, Dialect.V4}:
        return
    if item.type == "kvstore" and item.collection and not item.fields:
        yield Found(
            message=f"the KV store lookup `{item.name}` does not list its fields",
            hint="add `fields_list`, beginning with `_key`",
            pointer=("collection",),
            key=True,
        )


RULE = Rule(
    code="LKP023",
    name="kvstore-without-fields",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("lookup",),
    check_object=check,
)
