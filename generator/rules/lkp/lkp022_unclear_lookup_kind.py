"""LKP022 unclear-lookup-kind: a lookup with a file and a collection, or with neither.

## What it does

In the v4 dialect a lookup has either `filename` (a table that comes with the app) or `collection` (a KV store). Reports
lookups that have both or none.

## Why it matters

It is not known where the rows are, so the lookup cannot be written into the app.

## Example

    name: attacker_tools
    description: Tools of attackers.

## Use instead

    name: attacker_tools
    description: Tools of attackers.
    filename: attacker_tools.csv
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the lookup with both or none."""
    document = ctx.item.document
    if document.dialect not in {Dialect.V3, Dialect.V4}:
        return
    file = bool(document.data.get("filename"))
    collection = bool(document.data.get("collection"))
    if file and collection:
        yield Found(
            message="the lookup has a `filename` and a `collection`",
            hint="keep the one that holds its rows",
            pointer=("collection",),
            key=True,
        )
    elif not file and not collection:
        yield Found(
            message="the lookup has neither a `filename` nor a `collection`",
            hint="name the CSV file, or the KV store collection",
        )


RULE = Rule(
    code="LKP022",
    name="unclear-lookup-kind",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("lookup",),
    check_object=check,
)
