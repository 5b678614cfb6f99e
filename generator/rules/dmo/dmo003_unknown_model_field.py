"""DMO003 unknown-model-field: a field that the dataset does not have.

## What it does

Checks each field that `tstats` reads of a data model (`WHERE`, `BY` and the aggregations) against the model's fields:
declared, calculated and inherited ones. Models whose fields are not published in full are left out.

## Why it matters

`tstats` does not complain. A comparison with the field is never true, and a `BY` with it leaves no row.

## Example

    | tstats count from datamodel=Endpoint.Processes by Processes.orig_file_name

## Use instead

    | tstats count from datamodel=Endpoint.Processes by Processes.original_file_name

A field that your site has added to the model: suppress the finding and say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule
from generator.rules.dmo.tstats import doubtful_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.knowledge.datamodels import DataModels
    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the fields that are not there."""
    models = ctx.env.models
    for used in doubtful_fields(ctx.search, ctx.env):
        text = used.name.text
        path = models.split_field(used.model.name, text)
        if path is None or path.is_known is not False:
            continue
        owner = path.datasets[-1]
        yield Found(
            message=f"the dataset `{used.model.name}.{owner}` has no field `{path.field}`",
            hint=_hint(models, used.model.name, owner, path.field),
            start=used.name.start,
            end=used.name.end,
        )


def _hint(models: DataModels, model: str, dataset: str, field: str) -> str | None:
    for child in models.descendants(model, dataset):
        if field in models.known_fields(model, child):
            known = models.dataset(model, child)
            return f"it is a field of a child dataset: `{known.prefix}.{field}`" if known is not None else None
    return did_you_mean(field, models.known_fields(model, dataset))


RULE = Rule(code="DMO003", name="unknown-model-field", severity=Severity.ERROR, since="0.1", check_search=check)
