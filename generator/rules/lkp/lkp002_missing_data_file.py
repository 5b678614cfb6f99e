"""LKP002 missing-data-file: a lookup without its table.

## What it does

Reports CSV and machine-learning lookups whose data file is not in the pack: in the v4 dialect the file that `filename`
names, in the newer ones the `.csv` (`.mlmodel`) of the same name beside the definition.

## Why it matters

The app would define a lookup over a file that it does not bring; every search that uses the lookup fails in Splunk.

## Example

    lookups/attacker_tools.yml, and no lookups/attacker_tools.csv

## Use instead

Add the file, or correct its name. A table that searches fill is a KV store lookup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the lookups whose file is missing."""
    files = ctx.pack.files
    for lookup in ctx.pack.lookups:
        path = lookup.data_path
        if path is None or path in files:
            continue
        # LKP021 reports a file name that is a path; where that leads is not looked at.
        if path.rpartition("/")[0] != lookup.path.rpartition("/")[0] or "\\" in path:
            continue
        folder = path.rpartition("/")[0]
        near = [name for name in files if name.rpartition("/")[0] == folder]
        yield Found(
            message=f"the lookup `{lookup.name}` needs the file `{path}`, which does not exist",
            hint=did_you_mean(path, near) or "add the file, or correct the name",
            document=lookup.document,
            pointer=("filename",) if "filename" in lookup.document.data else ("name",),
        )


RULE = Rule(code="LKP002", name="missing-data-file", severity=Severity.ERROR, since="0.1", check_pack=check)
