"""What files that could not be read may hold.

One broken file must not turn into findings about every file that it belongs to: what is named in it counts as used, and
what it defines counts as there (`generator.analysis.environment` knows its name).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.content.dialects import FOLDERS

if TYPE_CHECKING:
    from generator.content.model import Pack


def unread_texts(pack: Pack) -> tuple[str, ...] | None:
    """Return the texts of content files that gave no document, or None when there is one whose text is not known."""
    read = {item.path for item in pack.objects()}
    read.update(entry.document.path for entry in pack.deprecation_entries)
    unread = {
        problem.path: problem.text if problem.kind != "file-empty" else ""
        for problem in pack.problems
        if problem.document is None
        and problem.kind not in {"stray-file", "file-suffix"}
        and problem.path not in read
        and problem.path.partition("/")[0] in FOLDERS
    }
    return None if "" in unread.values() else tuple(unread.values())


def may_be_named(name: str, unread: tuple[str, ...] | None) -> bool:
    """Whether a file that could not be read may name this; `unread` as `unread_texts` gives it."""
    return unread is None or any(name in text for text in unread)
