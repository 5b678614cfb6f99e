"""`$token$`s in a text, and the dollar signs that belong to none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection

_TOKEN = re.compile(r"\$([^\s$]+)\$")
_SPACED = re.compile(r"\$([^$\n]+)\$")
_FILTER = re.compile(r"\|[suhn]\Z")

SAVED_SEARCH_TOKENS = frozenset({
    "alert_type", "app", "cron_schedule", "description", "expires", "name", "next_scheduled_time", "owner", "results_link",
    "search", "sid", "trigger_date", "trigger_time", "trigger_timehms", "type", "view_link",
})  # fmt: skip
"""Tokens that alert actions fill from the saved search and its job (Alerting Manual, "Use tokens in email notifications")."""

_NAMESPACES = ("job.", "server.", "action.", "alert.", "results.", "env:", "cron.")


@dataclass(frozen=True, slots=True)
class Token:
    """`name` without dollar signs, `result.` and `|s`; the offsets are those of the whole token in the text."""

    name: str
    start: int
    end: int


def tokens_of(text: str, known: Collection[str] = ()) -> tuple[list[Token], list[int]]:
    """Return the tokens of a text and the offsets of dollar signs that belong to none.

    A name holds no blanks, unless it is one of the `known` fields.
    """
    found: list[Token] = []
    alone: list[int] = []
    pos = text.find("$")
    while pos >= 0:
        match = _TOKEN.match(text, pos)
        if match is None:
            spaced = _SPACED.match(text, pos)
            match = spaced if spaced is not None and spaced.group(1) in known else None
        if match is None:
            alone.append(pos)
            pos = text.find("$", pos + 1)
            continue
        name = _FILTER.sub("", match.group(1)).removeprefix("result.")
        found.append(Token(name, pos, match.end()))
        pos = text.find("$", match.end())
    return found, alone


def is_of_the_search(name: str) -> bool:
    """Whether an alert action fills the token from the saved search or its job, and not from the results."""
    folded = name.lower()
    return folded in SAVED_SEARCH_TOKENS or folded.startswith(_NAMESPACES)
