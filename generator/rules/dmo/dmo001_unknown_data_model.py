"""DMO001 unknown-data-model: a data model that does not exist.

## What it does

Compares the data models that searches name with those of the Common Information Model, of Enterprise Security and of Splunk
itself. An error where the name is close to a known one, else a warning: another app may bring it.

## Why it matters

A search over a model that is not there finds nothing. Names are case-sensitive.

## Example

    | tstats count from datamodel=Endpoints.Processes

## Use instead

    | tstats count from datamodel=Endpoint.Processes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the uses of unknown models."""
    for use in ctx.search.facts.datamodels:
        model = use.model
        if model in ctx.env.models or not model or "$" in model or "*" in model:
            continue
        near = did_you_mean(model, ctx.env.models.models)
        yield Found(
            message=f"unknown data model `{model}`",
            hint=near or "is it one of an app that is not part of Splunk or Enterprise Security?",
            start=use.start,
            end=use.end,
            severity=None if near else Severity.WARNING,
        )


RULE = Rule(code="DMO001", name="unknown-data-model", severity=Severity.ERROR, since="0.1", check_search=check)
