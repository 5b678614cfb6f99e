"""Where recorded events are moved to, so that a search with its own time window finds them: the data moves, not the clock.

1. Data sets of a test that fit into the window together keep their distance: they were recorded together.
2. Others that lie a day or more apart are brought to the same day, each by whole days: the time of day stays, since that is
   how their authors tell what came first.
3. All then move by the same seconds, so that the newest event lies just before the window's end: by whole days where that fits,
   else whole hours, half hours, ten minutes, ... so that events stay in the same bins of `bin span=10m` whenever one runs.
4. Data that are longer than the window get a window that reaches back to their first event, and the result says so.

Times that an author gives as seconds since 1970 are those of the data: then nothing moves.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import DatasetError
from generator.base.frozen import dataclass
from generator.engine.terms import read_time
from generator.knowledge.timemod import TimeModifierError, apply_time_modifier, parse_time_modifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.backends.base import Extent

    Bound = str | float

DAY = 86_400.0
_UNITS = (DAY, 3600.0, 1800.0, 600.0, 300.0, 60.0, 1.0)
_LAST = 1.0
"""Seconds that the newest event lies before the window's end at least."""
_SECONDS = re.compile(r"\d{6,}(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Window:
    """A search's time range in seconds since 1970; None for an open side. `fixed`: it was given as a date, not relative to now."""

    start: float | None
    end: float | None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """The seconds that each data set moves by, and what the window became: `earliest` None means that it is as it was."""

    shifts: tuple[float, ...]
    earliest: float | None = None
    note: str = ""


def window_of(earliest: Bound, latest: Bound, now: float) -> Window:
    """Return the window of two bounds (time modifiers or seconds since 1970, "" for none).

    Raises:
        DatasetError: a bound is no time.
    """
    return Window(
        moment(earliest, now), moment(latest, now), fixed=any(_is_date(bound) for bound in (earliest, latest))
    )


def _is_date(bound: Bound) -> bool:
    return not isinstance(bound, str) or bool(_SECONDS.fullmatch(bound)) or read_time(bound) is not None


def moment(bound: Bound, now: float) -> float | None:
    """Return the time that a bound means, in seconds since 1970; None for an open one.

    Raises:
        DatasetError: it is no time.
    """
    if not isinstance(bound, str):
        return float(bound)
    text = bound.strip().removeprefix("rt")
    if text in {"", "0"}:
        return None
    if _SECONDS.fullmatch(text):
        return float(text)
    absolute = read_time(text)
    if absolute is not None:
        return absolute
    try:
        at = apply_time_modifier(parse_time_modifier(text), datetime.datetime.fromtimestamp(now, datetime.UTC))
    except (TimeModifierError, OverflowError) as error:
        raise DatasetError(f"`{bound}` is no time: {error}") from error
    return at.timestamp()


def place(extents: Sequence[Extent], window: Window, now: float) -> Placement:
    """Say where data sets go so that a window applies to them."""
    still = Placement((0.0,) * len(extents))
    filled = [extent for extent in extents if extent.events]
    if not filled or window.fixed:
        return still
    end = (now if window.end is None else window.end) - _LAST
    length = math.inf if window.start is None else end - window.start
    own = (0.0,) * len(extents)
    if _span(extents, own) > length:
        own = _same_day(extents)
    oldest = min(extent.oldest + shift for extent, shift in zip(extents, own, strict=True) if extent.events)
    newest = max(extent.newest + shift for extent, shift in zip(extents, own, strict=True) if extent.events)
    if newest - oldest <= length:
        common = next(
            shift
            for unit in _UNITS
            if (shift := math.floor((end - newest) / unit) * unit) + oldest >= (window.start or -math.inf)
            or unit == 1.0
        )
        return Placement(tuple(shift + common for shift in own))
    unit = next((unit for unit in _UNITS if unit <= length), 1.0)
    common = math.floor((end - newest) / unit) * unit
    earliest = float(math.floor(oldest + common))
    if window.start is not None and earliest >= window.start:
        return Placement(tuple(shift + common for shift in own))
    note = f"the data span {_duration(newest - oldest)}, more than the window of {_duration(length + _LAST)}, which was widened to hold them"
    return Placement(tuple(shift + common for shift in own), earliest, note)


def _span(extents: Sequence[Extent], shifts: Sequence[float]) -> float:
    pairs = [(extent, shift) for extent, shift in zip(extents, shifts, strict=True) if extent.events]
    return max(extent.newest + shift for extent, shift in pairs) - min(extent.oldest + shift for extent, shift in pairs)


def _same_day(extents: Sequence[Extent]) -> tuple[float, ...]:
    """Bring data sets to the day of the longest one, by whole days; what lies less than a day apart stays where it is."""
    longest = max((extent for extent in extents if extent.events), key=lambda extent: extent.newest - extent.oldest)

    def days(extent: Extent) -> float:
        gap = max(longest.oldest - extent.newest, extent.oldest - longest.newest)
        if not extent.events or gap < DAY:
            return 0.0
        middle = (longest.oldest + longest.newest) / 2 - (extent.oldest + extent.newest) / 2
        return round(middle / DAY) * DAY

    return tuple(days(extent) for extent in extents)


def _duration(seconds: float) -> str:
    """Return a length of time for people: `1 h 12 min`."""
    whole = max(1, round(seconds))
    for size, name, below, small in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size:,} {name}" + (f" {rest} {small}" if rest else "")
    return f"{whole} s"
