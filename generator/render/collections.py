"""default/collections.conf: a KV store collection for each KV store lookup; no file when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.content.model import ConfStyle
from generator.render.confwrite import Stanza, write_conf
from generator.render.transforms import collection_name

if TYPE_CHECKING:
    from generator.render.context import RenderContext

_SETTINGS = [("enforceTypes", "false"), ("replicate", "false")]


def render(context: RenderContext) -> bytes | None:
    """Return the file, None when the app has no KV store (AppInspect warns of an idle one). Raises GeneratorError."""
    names = sorted({collection_name(lookup) for lookup in context.lookups if lookup.type == "kvstore"})
    if not names:
        return None
    return write_conf(
        "default/collections.conf",
        context.app,
        [Stanza(name, _SETTINGS) for name in names],
        template="collections.conf.j2",
        by_name=context.style is ConfStyle.V6,
    )
