"""FLD003 risk-field-missing: a risk object, threat object or entity whose field is not in the results.

## What it does

Follows the fields through the detection's search, and reports risk objects, threat objects, the finding's entity and
observables of the older dialects whose field the results cannot have.

## Why it matters

Without a value there is no entity: the risk is never added, and the threat object stays empty.

## Example

    search: ... | stats count by dest
    rba:
      risk_objects:
      - field: user

## Use instead

    search: ... | stats count by dest user
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.rules.fld.results import missing, results_of, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer
    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the fields without a value."""
    item = ctx.item
    search = results_of(ctx)
    if search is None or not isinstance(item, Detection):
        return
    for pointer, what, field in _fields(item):
        said = missing(search, field, what)
        if said is not None:
            yield Found(message=said[0], hint=said[1], pointer=pointer, severity=severity_of(item))


def _fields(item: Detection) -> Iterator[tuple[Pointer, str, str]]:
    if item.observables:
        for observable in item.observables:
            yield (*observable.pointer, "name"), "observable", observable.name
        return
    if item.finding is not None:
        yield (*item.finding.entity.pointer, "field"), "entity field", item.finding.entity.field
    for entity in item.risk.objects:
        yield (*entity.pointer, "field"), "risk object field", entity.field
    for threat in item.risk.threats:
        yield (*threat.pointer, "field"), "threat object field", threat.field


RULE = Rule(
    code="FLD003",
    name="risk-field-missing",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
