"""CON005 invalid-setting: a setting whose value cannot be used.

## What it does

Reports settings of the wrong type, outside of their range or not among their possible values, and fields that another app
is said to add to a data-model dataset that does not exist.

## Why it matters

The setting cannot have the effect that was wanted.

## Example

    app:
      uid: one

## Use instead

Give a value of the kind that the message names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the datasets that other apps are said to add fields to and that are none."""
    document = ctx.pack.config.document
    for number, app in enumerate(ctx.pack.config.external_apps):
        for name in app.data_model_fields:
            model, _, dataset = name.partition(".")
            if document is None or ctx.env.models.dataset(model, dataset) is not None:
                continue
            known = (f"{each.name}.{own}" for each in ctx.env.models.models.values() for own in each.datasets)
            yield Found(
                message=f"`{name}` is no dataset of a known data model",
                hint=did_you_mean(name, known)
                or "write `Model.Dataset`; a model of the app's own goes under `data_models`",
                document=document,
                pointer=("external_apps", number, "data_model_fields", name),
                key=True,
            )


RULE = Rule(
    code="CON005",
    name="invalid-setting",
    severity=Severity.ERROR,
    since="0.1",
    problems=("invalid-setting",),
    check_pack=check,
)
