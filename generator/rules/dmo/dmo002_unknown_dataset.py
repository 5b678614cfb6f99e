"""DMO002 unknown-dataset: a dataset that the data model does not have.

## What it does

Compares the dataset behind the model's name (`datamodel=Endpoint.Processes`), and behind `nodename=`, with those of the model.

## Why it matters

Splunk refuses the search, or finds nothing.

## Example

    | tstats count from datamodel=Endpoint.Process

## Use instead

    | tstats count from datamodel=Endpoint.Processes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, closest
from generator.commands.tstats import Tstats
from generator.rules.base import Found, Rule
from generator.spl.ast import Comparison, Name
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.knowledge.datamodels import DataModels
    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the datasets that are not there."""
    models = ctx.env.models
    for use in ctx.search.facts.datamodels:
        if use.dataset and not _is_known(models, use.model, use.dataset):
            yield Found(
                message=f"the data model `{use.model}` has no dataset `{use.dataset}`",
                hint=_hint(models, use.model, use.dataset),
                start=use.start,
                end=use.end,
            )
    if "nodename" not in ctx.search.expansion.text:
        return
    for node in ctx.search.nodes_of(Tstats):
        if node.model is None or node.where is None:
            continue
        for term in find(node.where, Comparison):
            if not isinstance(term.field, Name) or term.field.text != "nodename" or not isinstance(term.value, Name):
                continue
            if not _is_known(models, node.model, term.value.text):
                yield Found(
                    message=f"the data model `{node.model}` has no dataset `{term.value.text}`",
                    hint=_hint(models, node.model, term.value.text),
                    start=term.value.start,
                    end=term.value.end,
                )


def _is_known(models: DataModels, model: str, dataset: str) -> bool:
    """Say whether it is there, or may be there."""
    found = models.models.get(model)
    if found is None or found.is_open or not found.datasets or "$" in dataset or "*" in dataset:
        return True
    return models.dataset(model, dataset) is not None


def _hint(models: DataModels, model: str, dataset: str) -> str:
    names = models.models[model].datasets
    near = closest(dataset.rpartition(".")[2], names)
    if not near:
        return f"it has {', '.join(f'`{name}`' for name in list(names)[:8])}"
    known = names[near[0]]
    return f"did you mean `{known.prefix if '.' in dataset else known.name}`?"


RULE = Rule(code="DMO002", name="unknown-dataset", severity=Severity.ERROR, since="0.1", check_search=check)
