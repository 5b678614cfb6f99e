"""DEP003 removal-version: content that is still there, or already gone, against its `removed_in_version`.

## What it does

Compares `removed_in_version` with the version of the app. Content that is deprecated must go in a later version;
removed content must have been due by this one. Reports versions that are not of the form 1.2.3 as well.

## Why it matters

Users plan by the version that was announced. Raising the app's version is the moment to remove what was due.

## Example

    # the app is 5.0.0, and the detection is still in detections/
    - content: Old Tool
      removed_in_version: 4.9.0

## Use instead

Move the content to `removed/`, or announce a later version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Removed
from generator.rules.base import Found, Rule
from generator.rules.dep.versions import SECTIONS, app_version, mapping_severity, parse_version, statuses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the removal versions that contradict the state of their content."""
    config = ctx.env.config
    app = app_version(config)
    status_of = {(kind, name): status for kind, name, status in statuses(ctx.pack)}
    for entry in ctx.pack.deprecation_entries:
        status = status_of.get((SECTIONS[entry.section], entry.content)) if entry.section in SECTIONS else None
        message = _contradiction(entry.deprecation.removed_in_version, app, config.app.version, status)
        if message:
            yield Found(
                message=message,
                hint=_hint(status),
                document=entry.document,
                pointer=(*entry.pointer, "removed_in_version"),
                severity=mapping_severity(config),
            )
    for item in (*ctx.pack.detections, *ctx.pack.baselines, *ctx.pack.stories, *ctx.pack.removed):
        if "deprecation_info" not in item.document.data or item.deprecation is None:
            continue
        status = "removed" if isinstance(item, Removed) else "deprecated"
        message = _contradiction(item.deprecation.removed_in_version, app, config.app.version, status)
        if message:
            yield Found(
                message=message,
                hint=_hint(status),
                document=item.document,
                pointer=("deprecation_info", "removed_in_version"),
            )


def _contradiction(version: str, app: tuple[int, int, int] | None, app_text: str, status: str | None) -> str | None:
    if not version:
        return None
    parsed = parse_version(version)
    if parsed is None:
        return f"`{version}` is not a version of the form 1.2.3"
    if app is None:
        return None
    if status == "deprecated" and parsed <= app:
        return f"the content should have been removed in `{version}`, and the app is `{app_text}`"
    if status == "removed" and parsed > app:
        return f"the content is removed already, but is announced to go in `{version}` and the app is `{app_text}`"
    return None


def _hint(status: str | None) -> str:
    if status == "removed":
        return "give the version in which it was removed"
    return "move the content to `removed/`, or announce a later version"


RULE = Rule(code="DEP003", name="removal-version", severity=Severity.ERROR, since="0.1", check_pack=check)
