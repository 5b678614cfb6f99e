"""Which texts of an object go into the app, and which objects are worth a closer look.

Most content holds nothing of what this group looks for. `marks` finds out by a handful of searches over the file as it
is written, and only what it marks is taken apart into texts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.content.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Document, Pointer

DESTRUCTIVE, NODE, REFUSED, ADDRESS, HIDDEN, ACTIVE, TEMPLATE, TAIL, SENSITIVE = (
    "destructive",
    "node",
    "refused",
    "address",
    "hidden",
    "active",
    "template",
    "tail",
    "sensitive",
)

# What begins with a fixed, rare character is found at a nanosecond for each character that is passed over; what does not
# costs a hundred times as much.
_LITERALS = {
    REFUSED: ("datamodel/acceleration", "apps/appinstall", "runshellscript", "tscollect", "findtypes"),
    ACTIVE: ("cript:", "CRIPT:"),
}
_PATTERNS = {
    DESTRUCTIVE: re.compile(r"rm[\s\\]*-[rf]|rm\\?[\"']+[ \t]*,"),
    NODE: re.compile(r"cmd(?:\s+node|\\?[\"']+,)"),
    REFUSED: re.compile(r"input\s*(?:add|remove)"),
    ADDRESS: re.compile(r"\.\d{1,3}\.\d{1,3}\.\d"),
    ACTIVE: re.compile(r"<[A-Za-z]"),
    TEMPLATE: re.compile(r"\{[{%]"),
    TAIL: re.compile(r"\\(?:\s*(?:\n|\Z)|['\"])"),
}
_QUERY_SECRET = re.compile(r"http[^\s\"'?]*\?[^\s\"']*(?:key|pass|pwd|token|KEY|PASS|PWD|TOKEN)[0-9A-Za-z]*=")
ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

_ESCAPE = re.compile(r"\\[0abevfxuUNLP_]")
_DOUBLE_QUOTED = (': "', '- "', '["', '{"', ', "')
_QUOTED_LINE = re.compile(r'\n[ \t]*"')

_SHIPPED = frozenset(
    {
        Kind.DETECTION,
        Kind.MACRO,
        Kind.LOOKUP,
        Kind.STORY,
        Kind.BASELINE,
        Kind.INVESTIGATION,
        Kind.DASHBOARD,
        Kind.DEPLOYMENT,
    }
)
_KEPT_BACK = frozenset({"tests", "id", "version", "date", "creation_date", "modification_date"})
_OF_DEPLOYMENTS = frozenset({"description", "name", "author"})


@lru_cache(maxsize=16)
def marks(document: Document) -> frozenset[str]:
    """Return what may be in the texts of a document; empty for content that does not go into the app.

    False alarms are possible, and cost time only.
    """
    if document.kind not in _SHIPPED:
        return frozenset()
    text = document.text
    odd = not text.isascii() and ODD.search(text) is not None
    if _ESCAPE.search(text) is not None and _is_double_quoted(text):
        values = "\n".join(value for _, value in texts(document.data, ()))  # escapes hide what the values say
        odd = odd or ODD.search(values) is not None
        text = f"{text}\n{values}"
    found = {mark for mark, words in _LITERALS.items() if any(word in text for word in words)}
    found.update(mark for mark, pattern in _PATTERNS.items() if pattern.search(text))
    if "?" in text and _QUERY_SECRET.search(text):
        found.add(SENSITIVE)
    if odd:
        found.add(HIDDEN)
    return frozenset(found)


def _is_double_quoted(text: str) -> bool:
    return any(begin in text for begin in _DOUBLE_QUOTED) or _QUOTED_LINE.search(text) is not None


@lru_cache(maxsize=16)
def shipped_texts(document: Document) -> tuple[tuple[Pointer, str], ...]:
    """Return the texts of a document that go into the app, with their pointers."""
    kept_back = _KEPT_BACK | _OF_DEPLOYMENTS if document.kind is Kind.DEPLOYMENT else _KEPT_BACK
    return tuple(
        found for key, value in document.data.items() if key not in kept_back for found in texts(value, (key,))
    )


def texts(value: object, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Yield every text below a value."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from texts(entry, (*pointer, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from texts(entry, (*pointer, index))


def is_search(pointer: Pointer) -> bool:
    """Say whether a text is a search, or a piece of one."""
    return pointer[-1] in {"search", "definition"}
