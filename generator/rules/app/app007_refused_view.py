"""APP007 refused-view: a dashboard that Splunk does not load, or Splunk Cloud does not take.

## What it does

Reads the XML below `default/data/ui`: it must be well-formed and without a document type; a dashboard or form has
`version="1.1"`, or `"2"` for Dashboard Studio with its definition as JSON; and elements of the old Advanced and simple XML
must not be used.

## Why it matters

A broken view is an error page. AppInspect refuses the rest.

## Example

    <dashboard><label>Overview</label></dashboard>

## Use instead

    <dashboard version="1.1"><label>Overview</label></dashboard>
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import place, text_of
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.base.source import Span
    from generator.rules.base import AppContext

_FOLDER = "default/data/ui/"
_REFUSED = frozenset(
    {"list", "searchString", "searchTemplate", "searchName", "searchPostProcess", "seed", "earliestTime"}
)


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield what is wrong with each view."""
    for path in sorted(ctx.app.files):
        if path.startswith(_FOLDER) and path.lower().endswith(".xml"):
            yield from _view(ctx, path)


def _view(ctx: AppContext, path: str) -> Iterator[Found]:
    text = text_of(ctx.app, path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        line = text[: max(text.find("<!DOCTYPE"), text.find("<!ENTITY"))].count("\n") + 1
        yield _found(place(ctx, path, line), "a document type or entity is refused", "remove it")
        return
    try:
        root = ET.fromstring(text.encode())  # noqa: S314 - without a document type there are no entities to expand
    except ET.ParseError as error:
        line, column = error.position
        yield _found(place(ctx, path, line, column + 1), f"the XML is not well-formed: {error.msg}", "correct it")
        return
    if "/views/" in path and root.tag in {"dashboard", "form"}:
        yield from _version(ctx, path, root)
    if "/nav/" not in path:
        for element in root.iter():
            if element.tag in _REFUSED:
                message = f"`<{element.tag}>` belongs to an XML that Splunk no longer has"
                where = place(ctx, path, _line_of(text, str(element.tag)))
                yield _found(where, message, "use today's simple XML or Studio")


def _version(ctx: AppContext, path: str, root: ET.Element) -> Iterator[Found]:
    version = root.get("version")
    if version not in {"1.1", "2"}:
        shown = f'version="{version}"' if version is not None else "no version"
        yield _found(
            place(ctx, path), f"the {root.tag} has {shown}", 'write version="1.1", or "2" for a Dashboard Studio board'
        )
    elif version == "2":
        definition = root.findtext("definition") or ""
        try:
            json.loads(definition)
        except (ValueError, RecursionError) as error:
            yield _found(place(ctx, path), f"the board's definition is no JSON: {error}", "correct it")


def _line_of(text: str, tag: str) -> int:
    return text[: max(text.find(f"<{tag}"), 0)].count("\n") + 1


def _found(where: Span, message: str, hint: str) -> Found:
    return Found(message=message, hint=hint, span=where)


RULE = Rule(code="APP007", name="refused-view", severity=Severity.ERROR, since="0.1", check_app=check)
