"""Two results of one search, from two backends: where they differ, row by row.

Rows are compared as sets with counts, since only a `sort` at the end fixes an order, and backends need not agree on it otherwise;
times to the millisecond, since the event collector is sent no more.
Left out: fields whose names begin with `_` (internal ones), `date_hour` and the like and `timestartpos`, which Splunk cuts from timestamps,
and what depends on a server's own knowledge: event types, tags, its name.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from generator.replay.results import Mismatch

if TYPE_CHECKING:
    from generator.backends.base import Found, Row

SHOWN = 5
"""Differing rows that are shown."""
_TEXT = 300
_LEFT_OUT = re.compile(
    r"_.*|date_(?:hour|mday|minute|month|second|wday|year|zone)|timestartpos|timeendpos|punct|linecount|splunk_server(?:_group)?"
    r"|eventtype|tag(?:::.*)?"
)

_TIME = re.compile(r"[12]\d{9}\.\d+")

Cells = tuple[tuple[str, tuple[str, ...]], ...]


def compare(embedded: Found, splunk: Found) -> tuple[Mismatch, ...]:
    """Return where the results differ: `expected` is the server's, `got` the embedded engine's."""
    theirs, ours = (Counter(_cells(row) for row in found.rows) for found in (splunk, embedded))
    only_theirs, only_ours = list((theirs - ours).elements()), list((ours - theirs).elements())
    found: list[Mismatch] = []
    if len(splunk.rows) != len(embedded.rows):
        found.append(
            Mismatch("number of rows on both", f"{len(splunk.rows):,} (splunk)", f"{len(embedded.rows):,} (embedded)")
        )
    for row in only_theirs[:SHOWN]:
        near = min(only_ours, key=lambda other: len(set(row) ^ set(other)), default=None)
        if near is None:
            found.append(Mismatch("row on splunk only", _shown(row), "no such row"))
            continue
        only_ours.remove(near)
        names = [name for name, _ in {*row} ^ {*near}]
        found.append(
            Mismatch(
                "row that differs",
                _shown(tuple(pair for pair in row if pair[0] in names)),
                _shown(tuple(pair for pair in near if pair[0] in names)),
            )
        )
    if len(only_theirs) <= SHOWN:
        found.extend(Mismatch("row on embedded only", "no such row", _shown(row)) for row in only_ours[:SHOWN])
    hidden = max(0, len(only_theirs) - SHOWN)
    if hidden:
        found.append(Mismatch("more rows that differ", f"{hidden:,} more", "not shown"))
    return tuple(found)


def _to_milliseconds(value: str) -> str:
    """Return a value with a time in seconds since 1970 cut to what the event collector takes: a longer fraction is not sent."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".") if _TIME.fullmatch(value) else value


def _cells(row: Row) -> Cells:
    return tuple(
        sorted(
            (name, tuple(map(_to_milliseconds, (value,) if isinstance(value, str) else value)))
            for name, value in row.items()
            if value not in ("", []) and not _LEFT_OUT.fullmatch(name)
        )
    )


def _shown(cells: Cells) -> str:
    text = ", ".join(f"{name}={' | '.join(values)}" for name, values in cells) or "(no such fields)"
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"
