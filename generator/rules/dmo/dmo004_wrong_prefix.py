"""DMO004 wrong-prefix: a field with the prefix of a dataset that the search does not read.

## What it does

Reports fields of a `tstats` whose prefix is a dataset of another model, or of another tree of the same model.

## Why it matters

The events of one dataset never have the fields of the other: the comparison is never true.

## Example

    | tstats count from datamodel=Endpoint.Processes where Registry.dest=*

## Use instead

    | tstats count from datamodel=Endpoint.Processes where Processes.dest=*
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule
from generator.rules.dmo.tstats import doubtful_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the fields of other datasets."""
    models = ctx.env.models
    for used in doubtful_fields(ctx.search, ctx.env):
        prefix, dot, rest = used.name.text.partition(".")
        if not dot:
            continue
        own = used.model.datasets.get(prefix)
        if own is not None:
            if used.dataset is None or own.lineage[0] == used.dataset.lineage[0]:
                continue
        elif used.model.is_open:
            continue
        wanted = used.dataset.lineage[0] if used.dataset is not None else None
        known = [dataset.name for dataset in used.model.datasets.values()] if wanted is None else [wanted]
        hint = did_you_mean(prefix, known) or (f"write `{wanted}.{rest}`" if wanted is not None else None)
        what = f"the prefix `{prefix}` does not belong to `{used.place}`"
        if own is None and prefix not in models.prefixes:
            what = f"`{prefix}` is no dataset of the data model `{used.model.name}`"
        yield Found(message=what, hint=hint, start=used.name.start, end=used.name.start + len(prefix))


RULE = Rule(code="DMO004", name="wrong-prefix", severity=Severity.ERROR, since="0.1", check_search=check)
