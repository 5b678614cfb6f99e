"""The names of replacements that deprecations give, with their places, from mapping files and from content itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Document, Pack, Pointer


def replacements(pack: Pack) -> Iterator[tuple[str, Document, Pointer, bool]]:
    """Yield name, document, place, and whether a mapping file says it."""
    for entry in pack.deprecation_entries:
        for index, name in enumerate(entry.deprecation.replacement_content):
            yield name, entry.document, (*entry.pointer, "replacement_content", index), True
    for item in (*pack.detections, *pack.baselines, *pack.stories, *pack.removed):
        if item.deprecation is not None and "deprecation_info" in item.document.data:
            for index, name in enumerate(item.deprecation.replacement_content):
                yield name, item.document, ("deprecation_info", "replacement_content", index), False
