"""The ATT&CK techniques that a detection lists, with where each is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.content.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Detection, Pointer


def listed_techniques(item: Detection) -> Iterator[tuple[str, Pointer]]:
    """Yield each technique's id with its pointer."""
    data = item.document.data
    native = item.document.dialect is Dialect.NATIVE
    holder = data if native else data.get("tags")
    entries = holder.get("mitre_attack_id") if isinstance(holder, dict) else None
    if not isinstance(entries, list):
        return
    prefix: Pointer = ("mitre_attack_id",) if native else ("tags", "mitre_attack_id")
    for index, entry in enumerate(entries):
        if isinstance(entry, str):
            yield entry, (*prefix, index)
