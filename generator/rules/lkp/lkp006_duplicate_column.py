"""LKP006 duplicate-column: two columns of a lookup table with one name.

## What it does

Reports names that occur twice in the header of a lookup's CSV file, or in the fields of a KV store lookup.

## Why it matters

Only one of the two columns can be reached by the name; which one is not defined.

## Example

    user,dest,user

## Use instead

A name of its own for each column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.lkp.table import decode, header, line_span, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the repeated names of each header."""
    for _lookup, path, content in tables(ctx):
        text = decode(content)
        if text is None:
            continue
        names = header(text)
        repeated = {name for name in names if name and names.count(name) > 1} if len(set(names)) < len(names) else set()
        for name in sorted(repeated):
            yield Found(
                message=f"the column `{name}` occurs {names.count(name)} times in the header",
                hint="give each column a name of its own",
                span=line_span(path, text, 1),
            )

    for lookup in ctx.pack.lookups:
        if lookup.type != "kvstore" or len(set(lookup.fields)) == len(lookup.fields):
            continue
        for place, name in enumerate(lookup.fields):
            if name in lookup.fields[:place]:
                yield Found(
                    message=f"the field `{name}` stands in the list already",
                    hint="remove it, or give it the name that was meant",
                    document=lookup.document,
                    pointer=("fields", place)
                    if isinstance(lookup.document.data.get("fields"), list)
                    else ("fields_list",),
                )


RULE = Rule(code="LKP006", name="duplicate-column", severity=Severity.ERROR, since="0.1", check_pack=check)
