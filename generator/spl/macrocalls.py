"""The inside of `` `name(a, "b, c")` `` to the macro's name and its arguments.

Arguments are split at commas outside quotes, parentheses and brackets; blanks around them and their outer double quotes
are dropped.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PLAIN = re.compile(r"\s*+([^\s()\"]++)\s*+(?:\(\s*+([^\s()\[\]\",']*+)\s*+\)\s*+)?+")
_MAYBE_CALLED = re.compile(r"`\s*([^\s`()\"|]+)")
_PIECE = re.compile(r'[^"()\[\],\\]++|"(?:[^"\\]++|\\.)*+"|\\.', re.DOTALL)


class CallPart(NamedTuple):
    """An argument and where its text stands, relative to the text between the backticks."""

    text: str
    start: int
    end: int


def called_names(text: str) -> set[str]:
    """Return the names that stand where a macro call may begin: every called macro, and at times what is none.

    Unlike an expansion it needs no definitions and stops at nothing, so it also sees calls in quotes, comments and text that is
    no SPL: for who must not miss one.
    """
    return set(_MAYBE_CALLED.findall(text))


def read_call(inside: str) -> tuple[str, tuple[str, ...]]:
    """Return name and arguments of a call, given the text between its backticks."""
    match = _PLAIN.fullmatch(inside)
    if match is not None:
        name, arg = match.groups()
        return name, (arg,) if arg else ()
    name, parts = split_call(inside)
    return name, tuple(part.text for part in parts)


def split_call(inside: str) -> tuple[str, tuple[CallPart, ...]]:
    """Return name and arguments with their places, given the text between the backticks."""
    opened = inside.find("(")
    if opened < 0:
        return inside.strip(), ()
    closed = inside.rfind(")")
    if closed < opened:
        closed = len(inside)
    parts: list[CallPart] = []
    depth = 0
    start = pos = opened + 1
    while pos < closed:
        match = _PIECE.match(inside, pos, closed)
        if match is not None:
            pos = match.end()
            continue
        char = inside[pos]
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        elif char == "," and depth == 0:
            parts.append(_part(inside, start, pos))
            start = pos + 1
        pos += 1
    if parts or inside[start:closed].strip():
        parts.append(_part(inside, start, closed))
    return inside[:opened].strip(), tuple(parts)


def _part(inside: str, start: int, end: int) -> CallPart:
    while start < end and inside[start].isspace():
        start += 1
    while end > start and inside[end - 1].isspace():
        end -= 1
    if end - start >= 2 and inside[start] == '"' and inside[end - 1] == '"':
        start, end = start + 1, end - 1
    return CallPart(inside[start:end], start, end)
