"""Functions on times (seconds since 1970), in UTC.

Source: Search Reference, "Date and time functions", "Date and time format variables".
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.engine.values import text_of
from generator.functions.signature import FunctionSignature, Kind
from generator.knowledge.timemod import TimeModifier, TimeModifierError, apply_time_modifier, parse_time_modifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Builder
    from generator.spl.ast import Call

    Row = tuple[Any, ...]

NUMBER, STRING = Kind.NUMBER, Kind.STRING

_VARIABLE = re.compile(r"%([1-9]?[NQ]|:{0,3}z|Ez|[A-Za-z%+])")
_FROM_C = frozenset("aAbBdHIjmMpSUwWyVGgu")


# --- writing ---------------------------------------------------------------------------------------------------------


def format_time(seconds: float, form: str) -> str | None:
    """Return a time as text by Splunk's time variables; a variable that is not known stays as it is.

    None where the time lies outside the calendar.
    """
    try:
        at = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None
    plain = _plain_format(form)
    if plain is not None and at.year >= _FOUR_DIGITS:
        return at.strftime(plain)
    return _VARIABLE.sub(lambda match: _variable(match[1], at, seconds), form)


_FOUR_DIGITS = 1000
"""The first year that C writes with four digits."""


@lru_cache(maxsize=256)
def _plain_format(form: str) -> str | None:
    """Return the format for C's `strftime` where it means the same there, which is the fast way."""
    if not form.isascii() or "\0" in form:
        return None
    form = _spelt_out(form)
    parts: list[str] = []
    position = 0
    for match in _VARIABLE.finditer(form):
        name = match[1]
        parts.append(form[position : match.start()])
        position = match.end()
        if name in _FROM_C or name == "Y":
            parts.append(match[0])
        elif name == "%" or name in _UTC or name == "Z":
            parts.append(_UTC.get(name, "%%" if name == "%" else "UTC"))
        else:
            return None
    parts.append(form[position:])
    literal = "".join(parts[::2])
    return None if "%" in literal else "".join(parts)


def _spelt_out(form: str) -> str:
    """Return a format with `%F` and its like replaced by what they stand for."""
    return _VARIABLE.sub(lambda match: _COMPOSED.get(match[1], match[0]), form)


def _variable(name: str, at: datetime.datetime, seconds: float) -> str:
    if name in _FROM_C:
        return at.strftime(f"%{name}")
    if name == "Y":
        return f"{at.year:04d}"
    if name[-1] in "NQ":
        digits = int(name[:-1]) if name[:-1] else 9 if name == "N" else 3
        return f"{at.microsecond * 1000:09d}"[:digits]
    if name == "s":
        return str(int(seconds // 1))
    if name.endswith("z"):
        return _UTC[name]
    composed = _COMPOSED.get(name)
    if composed is not None:
        return _VARIABLE.sub(lambda match: _variable(match[1], at, seconds), composed)
    fixed = {"%": "%", "Z": "UTC", "n": "\n", "t": "\t", "f": f"{at.microsecond:06d}", "C": f"{at.year // 100:02d}"}
    if name in fixed:
        return fixed[name]
    if name == "e":
        return f"{at.day:2d}"
    if name == "k":
        return f"{at.hour:2d}"
    if name == "l":
        return f"{at.hour % 12 or 12:2d}"
    return f"%{name}"


_COMPOSED = {
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "D": "%m/%d/%y",
    "R": "%H:%M",
    "h": "%b",
    "c": "%a %b %e %H:%M:%S %Y",
    "x": "%m/%d/%Y",
    "X": "%H:%M:%S",
    "+": "%a %b %e %H:%M:%S %Z %Y",
}
_UTC = {"z": "+0000", ":z": "+00:00", "::z": "+00:00:00", ":::z": "+00", "Ez": "+0"}


# --- reading ---------------------------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?P<b>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = "(?:sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?)"
_OFFSET = r"(?P<z>Z|(?:GMT|UTC)?[+-]\d\d?(?::?\d\d(?::\d\d)?)?|[+-]\d{4}|UTC|GMT)"
_TWO = r"\s*(?P<{}>\d{{1,2}})"
_READ = {
    "Y": r"\s*(?P<Y>\d{4})", "y": r"\s*(?P<y>\d\d?)", "C": r"\d\d", "m": _TWO.format("m"), "b": _MONTH, "B": _MONTH, "h": _MONTH,
    "d": _TWO.format("d"), "e": _TWO.format("d"), "j": r"\s*(?P<j>\d{1,3})", "a": _DAY, "A": _DAY,
    "H": _TWO.format("H"), "k": _TWO.format("H"), "I": _TWO.format("I"), "l": _TWO.format("I"), "M": _TWO.format("M"),
    "S": _TWO.format("S"), "p": r"\s*(?P<p>[ap]\.?m\.?)", "P": r"\s*(?P<p>[ap]\.?m\.?)", "s": r"\s*(?P<s>-?\d{1,12})",
    "f": r"(?P<f>\d{1,9})", "z": _OFFSET, "Ez": r"(?P<E>[+-]?\d{1,4})", "Z": r"(?P<Z>[A-Za-z]{1,5}(?:[+-]\d{1,2})?|[+-]\d\d:?\d\d)",
    "U": r"\d{1,2}", "W": r"\d{1,2}", "V": r"\d{1,2}", "g": r"\d\d", "G": r"\d{4}", "w": r"\d", "u": r"\d", "n": r"\s*", "t": r"\s*", "%": "%",
}  # fmt: skip
"""Time variable to what it reads. Leading zeros are not needed, names are read in any case."""

_FRACTION = r"(?:[.,]?(?P<f>\d{1,9}))?"
"""Digits of a second may be missing, with the point before them (the page's own example does so)."""

_PIECES = re.compile(r"([.,]?)%[1-9]?[NQ]|%(:{0,3}z|Ez|[A-Za-z%+])|(\s+)|([^%\s.,]+|[%.,])", re.ASCII)


@lru_cache(maxsize=256)
def _reader(form: str) -> re.Pattern[str] | None:
    """Return a pattern for what a format reads, or None where it has a variable that is not known."""
    form = _spelt_out(form)
    parts: list[str] = []
    seen: set[str] = set()
    for match in _PIECES.finditer(form):
        _, variable, blank, literal = match.groups()
        if blank is not None:
            parts.append(r"\s*")
        elif literal is not None:
            parts.append(f"(?-i:{re.escape(literal)})")
        else:
            piece = _FRACTION if variable is None else _READ.get(variable.lstrip(":"))
            if piece is None:
                return None
            group = re.search(r"\?P<(\w)>", piece)
            if group is not None and group[1] in seen:
                piece = piece.replace(f"?P<{group[1]}>", "?:")
            elif group is not None:
                seen.add(group[1])
            parts.append(piece)
    return re.compile("".join(parts), re.IGNORECASE | re.ASCII)


def read_time(text: str, form: str, now: float) -> float | None:
    """Return the time that a text means by a format, in seconds since 1970; None where it does not fit.

    What stands behind the format is ignored. Without a date it is today, without a year this year; a year or a month
    without a day is none. Without a zone it is UTC.
    """
    pattern = _reader(form)
    match = pattern.match(text) if pattern is not None else None
    if match is None:
        return None
    found = match.groupdict()
    fraction = found.get("f")
    part = int(fraction) / 10 ** len(fraction) if fraction else 0.0
    if found.get("s"):
        return int(found["s"]) + part
    whole = _whole_seconds(found, now)
    return None if whole is None else whole + part


def _whole_seconds(found: dict[str, str | None], now: float) -> int | None:
    """Return the date and clock of a match as seconds since 1970."""

    def number(name: str, default: int) -> int:
        text = found.get(name)
        return default if text is None else int(text)

    today = datetime.datetime.fromtimestamp(now, datetime.UTC)
    dated = any(found.get(name) for name in "Yymb")
    if dated and not (found.get("d") or found.get("j")):
        return None
    year = number("Y", today.year)
    if found.get("y") and not found.get("Y"):
        year = number("y", 0) + (2000 if number("y", 0) < 69 else 1900)
    name = found.get("b")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else number("m", today.month)
    hour = number("H", 0)
    if found.get("I"):
        hour = number("I", 0)
        if hour > 12:
            return None
        half = found.get("p")
        hour = hour if half is None else hour % 12 + (12 if half[0] in "pP" else 0)
    second = number("S", 0)
    try:
        if found.get("j"):
            date = datetime.date(year, 1, 1) + datetime.timedelta(days=number("j", 1) - 1)
        else:
            date = datetime.date(year, month, number("d", today.day))
        at = datetime.datetime(
            date.year, date.month, date.day, hour, number("M", 0), min(second, 59), tzinfo=datetime.UTC
        )
    except (ValueError, OverflowError):
        return None
    if second > 60:
        return None
    return calendar.timegm(at.timetuple()) + max(0, second - 59) - _zone_seconds(found)


def _zone_seconds(found: dict[str, str | None]) -> int:
    """Return the seconds east of UTC that a match says; an abbreviation that is not known counts as UTC."""
    from generator.engine.timestamps import offset_of  # noqa: PLC0415 - compiles much that checking a call does not need

    minutes = found.get("E")
    if minutes is not None:
        return 60 * int(minutes)
    zone = found.get("z") or found.get("Z")
    return 60 * (offset_of(zone) or 0) if zone else 0


def _strptime(call: Call, builder: Builder) -> Callable[[Row], Any]:
    """The result is text with six decimals, as Splunk shows it."""
    text, form = map(builder.build, call.args)
    now = builder.now

    def read(row: Row) -> str | None:
        given, wanted = text(row), form(row)
        if given is None or wanted is None or isinstance(given, tuple) or isinstance(wanted, tuple):
            return None
        seconds = read_time(text_of(given), text_of(wanted), now)
        return None if seconds is None else f"{seconds:.6f}"

    return read


# --- moving ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _modifier(text: str) -> TimeModifier | None:
    try:
        return parse_time_modifier(text)
    except TimeModifierError:
        return None


def _relative_time(seconds: float, modifier: str) -> float | None:
    parsed = _modifier(modifier)
    if parsed is None or not modifier.strip():
        return None
    try:
        at = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(seconds=seconds)
        return apply_time_modifier(parsed, at).timestamp()
    except (OverflowError, ValueError):
        return None


def _now(call: Call, builder: Builder) -> Callable[[Row], Any]:  # noqa: ARG001 - every `build` has this shape
    now = int(builder.now)
    return lambda _: now


def _time(call: Call, builder: Builder) -> Callable[[Row], Any]:  # noqa: ARG001 - as above
    now = builder.now
    return lambda _: now


SIGNATURES = (
    FunctionSignature("now", 0, 0, (), NUMBER, "when the search was started", build=_now),
    FunctionSignature("time", 0, 0, (), NUMBER, "the time at this moment", build=_time),
    FunctionSignature(
        "relative_time",
        2,
        2,
        (NUMBER, STRING),
        NUMBER,
        "a time moved and snapped by a modifier such as -1d@d",
        call=_relative_time,
    ),
    FunctionSignature("strftime", 2, 2, (NUMBER, STRING), STRING, "a time as text", call=format_time),
    FunctionSignature("strptime", 2, 2, (STRING, STRING), NUMBER, "a text as time", build=_strptime),
)
"""The signatures of these functions."""
