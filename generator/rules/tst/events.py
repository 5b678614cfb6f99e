"""The event files that tests replay, with where each is written, and which of them are paths in the pack."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Document, Pointer, Tested

KEYS = ("attack_data", "benign_data")
_URL = re.compile(r"(?i)https?://")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:")


class EventFile(NamedTuple):
    """One entry of `attack_data` or `benign_data`; `data` is a URL or a path."""

    data: str
    entry: dict[str, object]
    pointer: Pointer


def event_files(item: Tested) -> tuple[EventFile, ...]:
    """Return the event files of all tests of a detection or baseline, in order."""
    return _event_files(item.document)


@lru_cache(maxsize=8)
def _event_files(document: Document) -> tuple[EventFile, ...]:
    tests = document.data.get("tests")
    return tuple(_listed(tests)) if isinstance(tests, list) else ()


def _listed(tests: list[object]) -> Iterator[EventFile]:
    for number, test in enumerate(tests):
        if not isinstance(test, dict):
            continue
        for key in KEYS:
            entries = test.get(key)
            if not isinstance(entries, list):
                continue
            for index, entry in enumerate(entries):
                if isinstance(entry, dict):
                    data = entry.get("data")
                    yield EventFile(data if isinstance(data, str) else "", entry, ("tests", number, key, index))


def is_url(data: str) -> bool:
    """Say whether event data is fetched from the web."""
    return _URL.match(data) is not None


def leads_outside(data: str) -> bool:
    """Say whether a path leaves the pack: absolute, over a `..`, on a drive, or by another scheme such as `file:`."""
    if is_url(data):
        return False
    if data.startswith(("/", "\\", "~")) or _DRIVE.match(data) or _SCHEME.match(data):
        return True
    return ".." in data.replace("\\", "/").split("/")
