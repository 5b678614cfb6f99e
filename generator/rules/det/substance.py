"""What of a content file its users see: the part whose change asks for a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.content.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.content.model import Document

_NO_CHANGE = frozenset({"version", "date", "creation_date", "modification_date", "tests"})

VERSIONED = frozenset({Kind.DETECTION, Kind.BASELINE, Kind.STORY, Kind.MACRO, Kind.LOOKUP, Kind.INVESTIGATION})
"""Kinds of content that carry a version."""


def version_of(document: Document) -> int | None:
    """Return the version of a file; None where it is no number."""
    value = document.data.get("version")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def substance(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says, without dates, version, tests and layout."""
    return {key: _plain(value) for key, value in data.items() if key not in _NO_CHANGE}


def _plain(value: object) -> object:
    """Return a value in which only what the reader of the content sees is left: folding and outer blanks are layout."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value
