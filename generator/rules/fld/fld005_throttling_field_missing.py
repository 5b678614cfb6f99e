"""FLD005 throttling-field-missing: throttling by a field that the results do not have.

## What it does

Reports the fields of `throttling` (alert suppression) that the results of the search cannot have.

## Why it matters

Where no result has the field, all results look the same to the suppression: after the first one the detection is silent
for the whole period.

## Example

    search: ... | stats count by dest
    throttling:
      fields: [dvc]

## Use instead

    throttling:
      fields: [dest]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule
from generator.rules.fld.results import missing, results_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the fields that no result has."""
    item = ctx.item
    if not isinstance(item, Detection) or item.throttling is None:
        return
    search = results_of(ctx)
    if search is None:
        return
    native = item.document.dialect is Dialect.NATIVE
    for index, name in enumerate(item.throttling.fields):
        said = missing(search, name, "throttling field")
        if said is not None:
            pointer = ("throttling", "fields", index)
            yield Found(message=said[0], hint=said[1], pointer=pointer if native else ("tags", *pointer))


RULE = Rule(
    code="FLD005",
    name="throttling-field-missing",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
