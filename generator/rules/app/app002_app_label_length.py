"""APP002 app-label-length: the app's name in Splunk's menus is too short or too long.

## What it does

Reports a label of fewer than 5 or more than 80 characters in the rendered app.conf.

## Why it matters

AppInspect refuses the app.

## Example

    app:
      title: ACME

## Use instead

    app:
      title: ACME Detections
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import about_app, conf
from generator.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext, Found

_SHORTEST, _LONGEST = 5, 80


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the label of the wrong length."""
    file = conf(ctx, "app")
    label = file.values().get("ui", {}).get("label") if file is not None else None
    if label is not None and not _SHORTEST <= len(label) <= _LONGEST:
        message = f"the app's label `{label}` has {len(label)} characters; Splunk wants {_SHORTEST} to {_LONGEST}"
        # contentctl shows the title, the others the label; the place is the one that has the text.
        keys = ("label", "title") if ctx.pack.config.app.label == label else ("title", "label")
        yield about_app(ctx, keys, message, "choose another one")


RULE = Rule(code="APP002", name="app-label-length", severity=Severity.ERROR, since="0.1", check_app=check)
