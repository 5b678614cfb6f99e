"""The entries of a lookup's `match_type`, as a list or as one text, with the place of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import ContentObject, Pointer

_ENTRY = re.compile(r"(WILDCARD|CIDR)\(\s*([^()\s][^()]*?)\s*\)")
_SEPARATED = re.compile(r"[^,\s](?:[^,(]*(?:\([^)]*\)?)?[^,]*)")


class Match(NamedTuple):
    """One entry as written, with its place (offsets in the text there) and the field in it, None when it is malformed."""

    text: str
    pointer: Pointer
    start: int
    end: int
    field: str | None
    field_start: int


def match_types(item: ContentObject) -> Iterator[Match]:
    """Yield the entries of `match_type`."""
    written = item.document.data.get("match_type")
    if isinstance(written, str):
        for found in _SEPARATED.finditer(written):
            yield _entry(found.group().rstrip(), ("match_type",), found.start())
    elif isinstance(written, list):
        for index, text in enumerate(written):
            if isinstance(text, str):
                yield _entry(text, ("match_type", index), 0)


def _entry(text: str, pointer: Pointer, start: int) -> Match:
    match = _ENTRY.fullmatch(text.strip())
    lead = len(text) - len(text.lstrip())
    field = match.group(2) if match else None
    field_start = start + lead + match.start(2) if match else start
    return Match(text, pointer, start, start + len(text), field, field_start)
