"""LKP011 unknown-match-field: a `match_type` for a column that the lookup does not have.

## What it does

Compares the fields in `match_type` with the header of the CSV file, or with the fields of a KV store.

## Why it matters

Splunk compares the column that was meant exactly instead of by pattern or network, and the lookup matches nothing.

## Example

    # the table has the columns asr_rule and description
    match_type:
    - WILDCARD(asr_rules)

## Use instead

The name of a column; the help names the nearest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.content.model import Lookup
from generator.rules.base import Found, Rule
from generator.rules.lkp.matching import match_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the entries whose field is no column."""
    item = ctx.item
    columns = ctx.env.lookup_columns.get(item.name)
    if not columns or not isinstance(item, Lookup):
        return
    table = item.data_path.rpartition("/")[2] if item.data_path else item.name
    for match in match_types(item):
        if match.field is not None and match.field not in columns:
            yield Found(
                message=f"`{match.field}` is no column of `{table}`",
                hint=did_you_mean(match.field, columns) or f"the columns are {_listing(columns)}",
                pointer=match.pointer,
                start=match.field_start,
                end=match.field_start + len(match.field),
            )


def _listing(columns: frozenset[str]) -> str:
    names = [f"`{name}`" for name in sorted(columns)]
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


RULE = Rule(
    code="LKP011",
    name="unknown-match-field",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("lookup",),
    check_object=check,
)
