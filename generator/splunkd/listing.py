"""Which entries of a collection are shown, in which order: `search`, `sort_key`, `sort_dir`, `sort_mode`, `offset`, `count`, `f`."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from generator.splunkd.call import ApiError
from generator.splunkd.replies import Page, feed_reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.splunkd.call import Call
    from generator.splunkd.replies import Entry, Reply

DEFAULT_COUNT = 30
_WORD = re.compile(r'(?:[^\s"]+|"(?:[^"\\]|\\.)*")+')
_PAIR = re.compile(r"([\w.:-]+)\s*(!?=)\s*(.*)", re.DOTALL)


def listed(
    call: Call, entries: Sequence[Entry], *, now: float, links: Sequence[str] = (), all_by_zero: bool = True
) -> Reply:
    """Return the feed of a collection as a request wants to see it.

    Raises:
        ApiError: a bad number or search.
    """
    wanted = [entry for entry in entries if fits(entry, call.get("search"))] if call.get("search") else list(entries)
    wanted = ordered(call, wanted)
    total = len(wanted)
    offset = max(0, call.number("offset", 0))
    count = call.number("count", DEFAULT_COUNT)
    if count < 0 or (count == 0 and all_by_zero):
        shown, count = wanted[offset:], 0
    else:
        shown = wanted[offset : offset + count]
    fields = call.all("f")
    if fields:
        shown = [
            replace(entry, content={key: value for key, value in entry.content.items() if _any(fields, key)})
            for entry in shown
        ]
    return feed_reply(call, shown, page=Page(total, count, offset), now=now, links=links)


def _any(patterns: Sequence[str], key: str) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in patterns)


def ordered(call: Call, entries: list[Entry]) -> list[Entry]:
    """Return entries in the order that a request asks for; by name unless it says otherwise."""
    key = call.get("sort_key", "name")
    mode = call.get("sort_mode", "auto")
    down = call.get("sort_dir", "asc") == "desc"
    if mode not in {"auto", "alpha", "alpha_case", "num"}:
        raise ApiError(400, f"Invalid value '{mode}' for the argument 'sort_mode'.")

    def text(entry: Entry) -> str:
        value = entry.name if key in {"name", "title"} else entry.content.get(key, "")
        return str(int(value)) if isinstance(value, bool) else str(value)

    texts = [text(entry) for entry in entries]
    numbers = [_number(one) for one in texts]
    if mode == "num" or (mode == "auto" and texts and all(number is not None for number in numbers)):
        keyed = [(0.0 if number is None else number, "") for number in numbers]
    elif mode == "alpha_case":
        keyed = [(0.0, one) for one in texts]
    else:
        keyed = [(0.0, one.lower()) for one in texts]
    order = sorted(range(len(entries)), key=keyed.__getitem__, reverse=down)
    return [entries[place] for place in order]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def fits(entry: Entry, text: str) -> bool:
    """Whether an entry fits `search=`: words that are part of it, `key=value` with `*`, AND, OR and NOT."""
    groups: list[bool] = []
    fit = True
    negated = False
    for match in _WORD.finditer(text.replace("(", " ").replace(")", " ")):
        word = match[0]
        if word == "AND":
            continue
        if word == "OR":
            groups.append(fit)
            fit = True
            continue
        if word == "NOT":
            negated = not negated
            continue
        fit = fit and (_fits_word(entry, word) != negated)
        negated = False
    return any((*groups, fit))


def _fits_word(entry: Entry, word: str) -> bool:
    pair = _PAIR.fullmatch(word)
    if pair is None:
        wanted = _unquoted(word).lower().strip("*")
        return wanted in entry.name.lower() or any(wanted in str(value).lower() for value in entry.content.values())
    key, sign, value = pair[1], pair[2], _unquoted(pair[3]).lower()
    if key in {"name", "title"}:
        held = entry.name
    elif key.startswith("eai:acl."):
        held = str(getattr(entry.access, key[8:], ""))
    else:
        found = entry.content.get(key)
        held = "" if found is None else str(int(found)) if isinstance(found, bool) else str(found)
    same = fnmatchcase(held.lower(), value.replace("[", "[[]").replace("?", "[?]"))
    return same if sign == "=" else not same


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
