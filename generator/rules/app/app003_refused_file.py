"""APP003 refused-file: a file that must not be in an app, or not there.

## What it does

Reports hidden files, `local/`, `users/`, other files than `default.meta` in `metadata/`, compiled Python, other files than
XML among the views, file types below `static/` that are not allowed, and blanks in the names of conf files and views.
Python, programs and Windows scripts are warnings.

## Why it matters

AppInspect refuses the app, or asks a person to look at it. All of it comes from the app template.

## Example

    app_template/default/data/ui/views/overview.json

## Use instead

Only what Splunk reads from that place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext

_VIEW_FOLDERS = ("default/data/ui/views/", "default/data/ui/panels/", "default/data/ui/nav/")
_VIEW_SUFFIXES = (".xml", ".md", ".txt", ".bak", ".old", ".template")
_PROGRAMS = (".py", ".exe", ".bat", ".ps1", ".sh")
_WHOLE = ("local/", "users/", "django/", "quickstart/", "default/data/ui/html/")


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the files that cannot stay."""
    for path in ctx.app.files:
        reason = _refused(path)
        if reason is not None:
            yield Found(message=f"`{path}` {reason}", hint="leave the file out", span=place(ctx, path))
        elif path.lower().endswith(_PROGRAMS):
            yield Found(
                message=f"`{path}` is a program, which AppInspect looks at closely",
                hint="leave programs to an app of their own",
                span=place(ctx, path),
                severity=Severity.WARNING,
            )


def _refused(path: str) -> str | None:
    parts = path.split("/")
    name = parts[-1]
    if any(part.startswith(".") or part == "__MACOSX" for part in parts) and parts[0] not in {"bin", "lib"}:
        return "is hidden"
    for folder in _WHOLE:
        if path.startswith(folder):
            return f"lies in `{folder}`, which belongs to a running Splunk or is no longer known"
    if parts[0] == "metadata" and path != "metadata/default.meta":
        return "is not `default.meta`, the only file that `metadata/` may have"
    if path.startswith(_VIEW_FOLDERS) and not name.lower().endswith(_VIEW_SUFFIXES):
        return "is no XML file, and lies among the views"
    if parts[0] == "static" and (len(parts) != 2 or not name.lower().endswith((".png", ".txt", ".md"))):
        return "is not one of the files that `static/` may have: .png, .txt, .md"
    if name.lower().endswith((".pyc", ".pyo")):
        return "is compiled Python"
    if " " in name and (name.endswith(".conf") or path.startswith(_VIEW_FOLDERS)):
        return "has a blank in its name"
    return "is the setup page of old Splunk versions" if name == "setup.xml" and parts[0] == "default" else None


RULE = Rule(code="APP003", name="refused-file", severity=Severity.ERROR, since="0.1", check_app=check)
