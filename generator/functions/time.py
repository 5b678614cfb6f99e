"""Functions on times (seconds since 1970), in UTC.

Source: Search Reference, "Date and time functions", "Date and time format variables".
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.functions.signature import FunctionSignature, Kind
from generator.knowledge.timemod import TimeModifier, TimeModifierError, apply_time_modifier, parse_time_modifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Builder
    from generator.spl.ast import Call

    Row = tuple[Any, ...]

NUMBER, STRING = Kind.NUMBER, Kind.STRING

_VARIABLE = re.compile(r"%([1369]?[NQ]|:?:?z|[A-Za-z%+])")
_FROM_C = frozenset("aAbBdHIjmMpSUwWyVGgu")


def format_time(seconds: float, form: str) -> str | None:
    """Return a time as text by Splunk's time variables; a variable that is not known stays as it is.

    None where the time lies outside the calendar.
    """
    try:
        at = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None
    return _VARIABLE.sub(lambda match: _variable(match[1], at, seconds), form)


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
        return "+00:00" if ":" in name else "+0000"
    composed = _COMPOSED.get(name)
    if composed is not None:
        return _VARIABLE.sub(lambda match: _variable(match[1], at, seconds), composed)
    fixed = {"%": "%", "Z": "UTC", "n": "\n", "t": "\t", "f": f"{at.microsecond:06d}"}
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
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
    "+": "%a %b %e %H:%M:%S %Z %Y",
}


@lru_cache(maxsize=256)
def _modifier(text: str) -> TimeModifier | None:
    try:
        return parse_time_modifier(text)
    except TimeModifierError:
        return None


def _relative_time(seconds: float, modifier: str) -> float | None:
    parsed = _modifier(modifier)
    if parsed is None:
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
    FunctionSignature("strptime", 2, 2, (STRING, STRING), NUMBER, "a text as time"),
)
"""The signatures of these functions."""
