"""Splunk's time modifiers: `-70m@m`, `@d`, `now`, `rt-5m`, `+1h@h`, `1700000000` become steps, an estimate, or an instant.

The grammar is that of Splunk's Search Manual, "Specify time modifiers in your search": an optional `rt`, then `now`, `0`
or any number of steps: an offset (`+`/`-`, a whole number that may be left out, a unit) or a snap (`@` and a unit). Steps are
applied from left to right: `-1d@d+2h` is two o'clock yesterday. An epoch time is a number of its own, with decimals.

Not read: absolute times such as `10/27/2026:00:00:00`, which only the search language takes.
"""

from __future__ import annotations

import calendar
import datetime
import re

from generator.base.frozen import dataclass

_UNITS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
    "mon": ("mon", "month", "months"),
    "q": ("q", "qtr", "qtrs", "quarter", "quarters"),
    "y": ("y", "yr", "yrs", "year", "years"),
}
_UNIT_OF = {name: unit for unit, names in _UNITS.items() for name in names}
_WEEKDAYS = {f"w{day}": day % 7 for day in range(8)}
_SECONDS = {
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "mon": 2_629_746.0,
    "q": 7_889_238.0,
    "y": 31_556_952.0,
}
"""Seconds of a unit; months, quarters and years as the mean of the Gregorian calendar."""

_SUBSECOND_UNITS = ("us", "ms", "cs", "ds")
_EPOCH = re.compile(r"\d+(?:\.\d+)?\Z", re.ASCII)
_STEP = re.compile(r"(?P<sign>[+-])(?P<count>\d*)(?P<unit>[A-Za-z]*)|@(?P<snap>[A-Za-z]*\d*)", re.ASCII)
_MAX_DIGITS = 12


class TimeModifierError(ValueError):
    """A text that is no time modifier. `position` is the 0-based offset of the trouble in the text."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Offset:
    """A step of whole units: `-70m` is `Offset(-70, "m")`. Units are `s m h d w mon q y`."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Snap:
    """A step down to the beginning of a unit. `weekday` is 0 (Sunday) to 6 for `@w`, `@w0` ... `@w7`, else None."""

    unit: str
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class TimeModifier:
    """A parsed time modifier. Either `epoch` (seconds since 1970) is set, or `steps` lead away from now; `now` has none.

    `is_all_time` is what `0` and the empty text mean at the lower end: no bound.
    """

    text: str
    steps: tuple[Offset | Snap, ...] = ()
    epoch: float | None = None
    is_realtime: bool = False
    is_all_time: bool = False

    @property
    def offset_seconds(self) -> float | None:
        """Return how far from now the offsets lead, in seconds, negative for the past; snaps count as nothing.

        None for an epoch time and for all time, whose distance from now is not fixed.
        """
        if self.epoch is not None or self.is_all_time:
            return None
        return sum((step.count * _SECONDS[step.unit] for step in self.steps if isinstance(step, Offset)), 0.0)


def parse_time_modifier(text: str) -> TimeModifier:
    """Parse a time modifier as `dispatch.earliest_time` and its like take it.

    Raises:
        TimeModifierError: it is none; the message says what is wrong at its `position`.
    """
    stripped = text.strip()
    start = len(text) - len(text.lstrip())
    if not stripped:
        return TimeModifier(text, is_all_time=True)
    if _EPOCH.match(stripped):
        if len(stripped) > 20:
            raise TimeModifierError("this number is too large for a time", start)
        value = float(stripped)
        return TimeModifier(text, is_all_time=True) if value == 0 else TimeModifier(text, epoch=value)
    is_realtime = stripped[:2].lower() == "rt"
    position = start + 2 * is_realtime
    end = start + len(stripped)
    if text[position : position + 3].lower() == "now":
        position += 3
    elif position < end and not is_realtime and text[position] not in "+-@":
        raise TimeModifierError(_beginning(text[position:end]), position)
    steps: list[Offset | Snap] = []
    while position < end:
        match = _STEP.match(text, position, end)
        if match is None:
            raise TimeModifierError(f"expected `+`, `-` or `@`, found `{text[position]}`", position)
        steps.append(_step(match))
        position = match.end()
    return TimeModifier(text, tuple(steps), is_realtime=is_realtime)


def apply_time_modifier(modifier: TimeModifier, now: datetime.datetime) -> datetime.datetime:
    """Return the instant that a modifier means at `now`, in `now`'s time zone. All time is the beginning of 1970.

    Raises:
        OverflowError: the instant lies outside the calendar (years 1 to 9999).
    """
    if modifier.is_all_time or modifier.epoch is not None:
        beginning = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        at = beginning + datetime.timedelta(seconds=modifier.epoch or 0.0)
        return at.astimezone(now.tzinfo) if now.tzinfo else at.replace(tzinfo=None)
    at = now
    for step in modifier.steps:
        at = _snapped(at, step) if isinstance(step, Snap) else _moved(at, step)
    return at


def _beginning(rest: str) -> str:
    if rest[0].isdigit():
        return f"an offset needs a sign: did you mean `-{rest}`?"
    return "a time modifier begins with `+`, `-` or `@`, or is `now` or a number of seconds since 1970"


def _step(match: re.Match[str]) -> Offset | Snap:
    snap = match["snap"]
    if snap is not None:
        name = snap.lower()
        if name in _WEEKDAYS:
            return Snap("w", _WEEKDAYS[name])
        unit = _UNIT_OF.get(name) if snap != "M" else None
        if unit is None:
            what = f"`{snap}` is no unit to snap to" if snap else "`@` needs a unit to snap to"
            raise TimeModifierError(f"{what}; units are s, m, h, d, w, w0 to w7, mon, q, y", match.start() + 1)
        return Snap(unit, 0 if unit == "w" else None)
    digits, name = match["count"], match["unit"]
    if len(digits) > _MAX_DIGITS:
        raise TimeModifierError("this number is too large for a time", match.start() + 1)
    count = int(digits) if digits else 1
    position = match.start("unit")
    if not name:
        what = f"`{match[0]}` needs a unit, such as `{match['sign']}{digits or 60}m`"
        raise TimeModifierError(what, position)
    unit = _UNIT_OF.get(name.lower()) if name != "M" else None
    if unit is None:
        if name.lower() in _SUBSECOND_UNITS:
            raise TimeModifierError(
                f"`{name}` is only for subsecond searches; units are s, m, h, d, w, mon, q, y", position
            )
        hint = "; months are `mon`" if name == "M" else ""
        raise TimeModifierError(f"`{name}` is no unit of time; units are s, m, h, d, w, mon, q, y{hint}", position)
    return Offset(count if match["sign"] == "+" else -count, unit)


def _moved(at: datetime.datetime, step: Offset) -> datetime.datetime:
    months = {"mon": 1, "q": 3, "y": 12}.get(step.unit)
    if months is None:
        return at + datetime.timedelta(seconds=step.count * _SECONDS[step.unit])
    index = at.year * 12 + at.month - 1 + step.count * months
    year, month = divmod(index, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise OverflowError(f"year {year} is outside the calendar")
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def _snapped(at: datetime.datetime, step: Snap) -> datetime.datetime:
    if step.unit == "s":
        return at.replace(microsecond=0)
    if step.unit == "m":
        return at.replace(second=0, microsecond=0)
    if step.unit == "h":
        return at.replace(minute=0, second=0, microsecond=0)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if step.unit == "d":
        return day
    if step.unit == "w":
        return day - datetime.timedelta(days=(day.isoweekday() - (step.weekday or 0)) % 7)
    if step.unit == "mon":
        return day.replace(day=1)
    if step.unit == "q":
        return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    return day.replace(month=1, day=1)
