"""default/macros.conf: the pack's macros, and a filter macro for each detection that has none on file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.content.model import ConfStyle
from generator.render.confwrite import Stanza, stanza_name, write_conf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Macro
    from generator.render.context import RenderContext

FILTER_DEFINITION = "search *"
# Part of the output format: the text that every generated filter macro has.
FILTER_DESCRIPTION = "Update this macro to limit the output results to filter out false positives."


def render(context: RenderContext) -> bytes:
    """Return the file. Raises GeneratorError as `write_conf`."""
    return write_conf(
        "default/macros.conf",
        context.app,
        [*(_macro(macro) for macro in context.macros), *_filters(context)],
        template="macros.conf.j2",
        by_name=context.style is ConfStyle.V6,
    )


def filter_macros(context: RenderContext) -> list[str]:
    """Return the names of the filter macros to generate, in the order of their detections."""
    known = {macro.name for macro in context.macros}
    names = (detection.filter_macro for detection in context.detections)
    return [name for name in dict.fromkeys(names) if name not in known]


def _filters(context: RenderContext) -> Iterator[Stanza]:
    settings = [("definition", FILTER_DEFINITION), ("description", FILTER_DESCRIPTION)]
    for name in filter_macros(context):
        yield Stanza(stanza_name(name), settings)


def _macro(macro: Macro) -> Stanza:
    name = stanza_name(macro.name)
    settings = []
    if macro.arguments:
        name = f"{name}({len(macro.arguments)})"
        settings.append(("args", ", ".join(macro.arguments)))
    settings.append(("definition", macro.definition))
    settings.append(("description", macro.description))
    if macro.iseval:
        settings.append(("iseval", "1"))
    return Stanza(name, settings)
