"""Files that come with the pack's app template, and what a pack without a template gets of ours.

Left out: links and hidden files (`read_inputs` never reads them), `local/` and `metadata/local.meta`, which belong to
a running Splunk, and files below `static/` that AppInspect refuses there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render.templating import render_template

if TYPE_CHECKING:
    from generator.render.context import RenderContext

_STATIC_SUFFIXES = (".png", ".txt", ".md")


def render(context: RenderContext) -> dict[str, bytes]:
    """Return the template's files by their path in the app."""
    return {path: data for path, data in context.inputs.static.items() if _belongs(path)}


def _belongs(path: str) -> bool:
    if path.startswith(("local/", "users/")) or path == "metadata/local.meta":
        return False
    if path.startswith("static/"):
        return path.count("/") == 1 and path.lower().endswith(_STATIC_SUFFIXES)
    return True


def readme(context: RenderContext) -> bytes:
    """Return the README of an app whose pack brings none."""
    text = render_template(
        "README.md.j2",
        app=context.app,
        prefix=context.prefix,
        detections=len(context.detections),
        stories=len(context.stories),
    )
    return text.encode("utf-8", errors="replace")
