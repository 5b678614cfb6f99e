"""LKP009 kvstore-key: a KV store lookup whose fields do not begin with `_key`.

## What it does

In the v5 dialect, the `fields` of a KV store lookup must begin with `_key`. Reports those that do not.

## Why it matters

`_key` names the record. A search that updates records with `outputlookup append=true` needs it, and contentctl refuses
the file without it.

## Example

    lookup_type: kvstore
    fields:
    - arn
    - count

## Use instead

    fields:
    - _key
    - arn
    - count
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
    """Yield the KV store lookup without `_key` in front."""
    item = ctx.item
    if not isinstance(item, Lookup) or item.type != "kvstore" or item.document.dialect is not Dialect.V5:
        return
    if item.fields and item.fields[0] != "_key":
        yield Found(
            message=f"the fields of a KV store lookup begin with `_key`, not with `{item.fields[0]}`",
            hint="write `_key` as the first field",
            pointer=("fields",),
            key=True,
        )


RULE = Rule(
    code="LKP009",
    name="kvstore-key",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("lookup",),
    check_object=check,
)
