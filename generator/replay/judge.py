"""Expectations against what a search gave: every one that is not met becomes a `Mismatch`, expected and got side by side.

Besides what a test expects: where rows must come, some row must have a value in all fields that risk objects are made of, since
without them the detection adds no risk (contentctl's tests ask the same). A threat object that no row has is only told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.replay.actions import notables, risk_events, risk_settings, unresolved, values
from generator.replay.results import Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.backends.base import Found, Row
    from generator.content.model import Cells, Expect, ExpectedNotable, ExpectedRisk
    from generator.replay.actions import Notable, RiskEvent

_TEXT = 300


def judge(expect: Expect, found: Found, settings: Mapping[str, str]) -> tuple[Mismatch, ...]:
    """Return what is not as expected; `settings` are those of the saved search in the rendered app."""
    return tuple(_judged(expect, found, settings))


def _judged(expect: Expect, found: Found, settings: Mapping[str, str]) -> Iterator[Mismatch]:
    count = len(found.rows)
    if count < expect.at_least or (expect.at_most is not None and count > expect.at_most):
        yield Mismatch("number of rows", _bounds(expect), _rows(count))
    yield from _missing_rows(expect.rows, found.rows)
    for name in expect.non_empty:
        empty = sum(not values(row, name) for row in found.rows)
        if empty:
            yield Mismatch(f"field {name}", "a value in every row", f"none in {empty:,} of {_rows(count)}")
    if expect.at_least and count:
        yield from _objects(found.rows, settings)
    if expect.risk:
        yield from _risk(expect.risk, risk_events(settings, found.rows))
    if expect.notable is not None:
        yield from _notable(expect.notable, notables(settings, found.rows))


def _bounds(expect: Expect) -> str:
    if expect.is_none:
        return "no rows"
    if expect.at_most is None:
        return f"at least {_rows(expect.at_least)}"
    if expect.at_least == expect.at_most:
        return f"exactly {_rows(expect.at_most)}"
    return f"{expect.at_least:,} to {_rows(expect.at_most)}" if expect.at_least else f"at most {_rows(expect.at_most)}"


def _rows(count: int) -> str:
    return "no rows" if not count else "1 row" if count == 1 else f"{count:,} rows"


# --- rows ------------------------------------------------------------------------------------------------------------


def _missing_rows(expected: Sequence[Cells], rows: Sequence[Row]) -> Iterator[Mismatch]:
    """Give each expected row a row of its own; say which ones there is none for."""
    fits = [[number for number, row in enumerate(rows) if not _differences(cells, row)] for cells in expected]
    for number in _left_over(fits):
        cells = expected[number]
        wanted = ", ".join(f"{name}={_shown(value)}" for name, value in cells.items())
        if fits[number]:
            yield Mismatch("row", wanted, "only rows that other expected rows need")
        elif not rows:
            yield Mismatch("row", wanted, "no rows")
        else:
            nearest = min(rows, key=lambda row: len(_differences(cells, row)))
            differing = _differences(cells, nearest)
            yield Mismatch(
                "row", wanted, "nearest row: " + ", ".join(f"{name}={_shown(nearest.get(name))}" for name in differing)
            )


def _left_over(fits: Sequence[Sequence[int]]) -> list[int]:
    """Give each of several things one of those that fit it, none to two of them; return the numbers of those that get none."""
    taken: dict[int, int] = {}

    def give(wanted: int, tried: set[int]) -> bool:
        for one in fits[wanted]:
            if one in tried:
                continue
            tried.add(one)
            if one not in taken or give(taken[one], tried):
                taken[one] = wanted
                return True
        return False

    return [number for number in range(len(fits)) if not give(number, set())]


def _differences(cells: Cells, row: Row) -> list[str]:
    return [name for name, value in cells.items() if _texts(value) != _texts(row.get(name))]


def _texts(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _shown(value: str | tuple[str, ...] | list[str] | None) -> str:
    found = _texts(value)
    text = "(absent)" if not found else found[0] if len(found) == 1 else f"[{', '.join(found)}]"
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"


# --- risk and notables -----------------------------------------------------------------------------------------------


def _objects(rows: Sequence[Row], settings: Mapping[str, str]) -> Iterator[Mismatch]:
    action = risk_settings(settings)
    whole = [row for row in rows if all(values(row, name) for name, *_ in action.objects)]
    for name in dict.fromkeys(name for name, *_ in action.objects):
        lacking = sum(not values(row, name) for row in rows)
        if not whole and lacking:
            yield Mismatch(
                f"risk object field {name}",
                "a value",
                f"none in {lacking:,} of {_rows(len(rows))}: no risk is added for it",
            )


def notes(found: Found, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is not asked for, and still worth knowing: threat objects that no row has."""
    if not found.rows:
        return ()
    names = dict.fromkeys(name for name, _ in risk_settings(settings).threats)
    return tuple(
        f"NOTE: no row has a value in {name}, of which a threat object is made"
        for name in names
        if not any(values(row, name) for row in found.rows)
    )


def _risk(expected: Sequence[ExpectedRisk], events: Sequence[RiskEvent]) -> Iterator[Mismatch]:
    fits = [[number for number, event in enumerate(events) if _is_risk(wanted, event)] for wanted in expected]
    for left_over in _left_over(fits):
        wanted = expected[left_over]
        if fits[left_over]:
            yield Mismatch("risk", _told(wanted), "only risk events that other expected ones need")
            continue
        same = [event for event in events if event.object == wanted.object] or list(events)
        got = "; ".join(dict.fromkeys(_told(event) for event in same[:3])) or "no risk event"
        yield Mismatch("risk", _told(wanted), got)
    left = dict.fromkeys(token for event in events for token in unresolved(event.message))
    if left:
        yield Mismatch("risk message", "all tokens filled in", f"left: {', '.join(left)}")


def _is_risk(wanted: ExpectedRisk, event: RiskEvent) -> bool:
    return (
        event.object == wanted.object
        and wanted.type in {None, event.type}
        and wanted.score in {None, event.score}
        and wanted.message in {None, event.message}
    )


def _notable(wanted: ExpectedNotable, raised: Sequence[Notable]) -> Iterator[Mismatch]:
    for event in raised:
        if (
            wanted.title in {None, event.title}
            and wanted.object in {None, event.object}
            and wanted.score in {None, event.score}
        ):
            return
    asked = _parts(wanted.title, wanted.object, wanted.score, "")
    got = "; ".join(_parts(event.title, event.object, event.score, event.type) for event in raised[:3])
    yield Mismatch("notable", asked or "a notable", got or "no notable")


def _told(event: ExpectedRisk | RiskEvent) -> str:
    return _parts(event.message, event.object, event.score, event.type or "")


def _parts(text: str | None, entity: str | None, score: int | None, kind: str) -> str:
    parts = []
    if entity:
        parts.append(f"{kind} {entity}".strip())
    if score is not None:
        parts.append(f"score {score}")
    if text:
        parts.append(f'"{text}"')
    return ", ".join(parts)
