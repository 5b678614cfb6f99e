"""LKP020 model-file-name: a machine-learning model whose file is not called `__mlspl_...`.

## What it does

Reports lookups over `.mlmodel` files whose name does not begin with `__mlspl_`.

## Why it matters

The Machine Learning Toolkit finds the model `x` in the file `__mlspl_x.mlmodel`; under another name `apply x` fails.

## Example

    lookups/unusual_commandline.mlmodel

## Use instead

    lookups/__mlspl_unusual_commandline.mlmodel
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Lookup
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the model whose file has another name."""
    item = ctx.item
    if not isinstance(item, Lookup) or item.type != "mlmodel" or item.data_path is None:
        return
    name = item.data_path.rpartition("/")[2]
    if not name.startswith("__mlspl_"):
        yield Found(
            message=f"the model file `{name}` does not begin with `__mlspl_`",
            hint=f"call it `__mlspl_{name}`",
            pointer=("filename",) if "filename" in item.document.data else ("name",),
        )


RULE = Rule(
    code="LKP020",
    name="model-file-name",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("lookup",),
    check_object=check,
)
