"""APP011 dangling-transform: a lookup definition whose table or collection the app does not have.

## What it does

Compares `filename` and `collection` in the rendered transforms.conf with the files in `lookups/` and the stanzas of
collections.conf. A lookup of the pack whose data file is missing is reported by LKP002.

## Why it matters

Each search that uses the lookup fails. AppInspect does not look.

## Example

    [mitre_enrichment]
    filename = mitre_enrichment.csv      # and no such file

## Use instead

Ship the file in `app_template/lookups/`, or remove the definition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.app.files import conf, owner_of, place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the definitions that lead nowhere."""
    file = conf(ctx, "transforms")
    collections = conf(ctx, "collections")
    known = {stanza.name for stanza in collections.stanzas} if collections is not None else set()
    tables = {path.removeprefix("lookups/") for path in ctx.app.files if path.startswith("lookups/")}
    for stanza in file.stanzas if file is not None else ():
        for setting in stanza.settings:
            names = tables if setting.key == "filename" else known if setting.key == "collection" else None
            if names is None or not setting.value or setting.value in names:
                continue
            if setting.key == "filename" and f"{setting.value}.default" in names:
                continue
            owner = owner_of(ctx.pack, stanza.name)
            what = "table" if setting.key == "filename" else "collection"
            yield Found(
                message=f"[{stanza.name}]: the app has no {what} `{setting.value}`",
                hint=did_you_mean(setting.value, names) or f"ship the {what}, or remove the definition",
                document=owner.document if owner is not None else None,
                pointer=("name",) if owner is not None else None,
                span=None if owner is not None else place(ctx, "default/transforms.conf", setting.line),
            )


RULE = Rule(code="APP011", name="dangling-transform", severity=Severity.WARNING, since="0.1", check_app=check)
