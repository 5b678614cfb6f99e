"""APP013 large-app: an app that is too large to be uploaded.

## What it does

Reports apps of more than 128 MB, and what takes most of the room.

## Why it matters

Splunk Cloud's self-service upload ends at 128 MB for the package. Tables are copied to every search head and, unless they
are kept back, sent to the indexers with each search.

## Example

    lookups/all_domains.csv of 180 MB

## Use instead

A KV store that a baseline fills, or a table that each site loads itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import Span
from generator.rules.app.files import data_owner, source_path
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext

_MOST = 128 * 1024 * 1024


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the app's size, at its largest file."""
    total = sum(map(len, ctx.app.files.values()))
    if total > _MOST:
        path, data = max(ctx.app.files.items(), key=lambda entry: len(entry[1]))
        yield Found(
            message=f"the app has {total // 1024**2} MB unpacked, of which `{path}` has {len(data) // 1024**2}",
            hint="keep the package below 128 MB",
            span=Span(data_owner(ctx.pack, path) or source_path(ctx, path)),
        )


RULE = Rule(code="APP013", name="large-app", severity=Severity.WARNING, since="0.1", check_app=check)
