"""Numbers and times into buckets: the spans of `bin`, `chart`, `timechart` and `tstats`.

A time bucket is named by its begin (seconds since 1970, UTC); a numeric one by `low-high`, the low end inclusive.

Source: Search Reference, "bin" (span, bins, minspan, start, end, aligntime; `log-span`; time units).
"""

from __future__ import annotations

import datetime
import math
import re
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.values import number_of, text_of

if TYPE_CHECKING:
    from generator.engine.column import Column

UNITS = {
    "us": "us", "ms": "ms", "cs": "cs", "ds": "ds",
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
    **dict.fromkeys(("mon", "month", "months"), "mon"),
    **dict.fromkeys(("q", "qtr", "qtrs", "quarter", "quarters"), "q"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "y"),
}  # fmt: skip
"""Every spelling of a unit of time."""

_SECONDS = {
    "us": 1e-6,
    "ms": 1e-3,
    "cs": 1e-2,
    "ds": 1e-1,
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
}
_MONTHS = {"mon": 1, "q": 3, "y": 12}
_TIME = re.compile(r"(\d*)([a-z]+)(?:@(\w+))?")
_LARGEST = 10.0**sys.float_info.max_10_exp
_LOG = re.compile(r"(\d+(?:\.\d+)?)?log(\d+(?:\.\d+)?)?")
_AUTOMATIC = (
    (1, "s"),
    (5, "s"),
    (10, "s"),
    (30, "s"),
    (1, "m"),
    (5, "m"),
    (10, "m"),
    (30, "m"),
    (1, "h"),
    (1, "d"),
    (1, "mon"),
)
_FEW = 200
"""Below this many times plain Python is faster than NumPy's calls."""

_SUNDAY = 3 * 86_400
"""The first Sunday lies this long after the beginning of 1970."""


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A length of buckets of time: `count` units, aligned to `align` (seconds since 1970)."""

    count: int
    unit: str
    align: float = 0

    @property
    def seconds(self) -> float:
        """The length in seconds, of months and longer the mean one."""
        months = _MONTHS.get(self.unit)
        return self.count * (_SECONDS[self.unit] if months is None else months * 2_629_746)

    def floor(self, seconds: float) -> float:
        """Return the begin of the bucket that a time lies in; of months, a time beyond the calendar is its own begin."""
        months = _MONTHS.get(self.unit)
        if months is None:
            length = self.count * _SECONDS[self.unit]
            if not math.isfinite(seconds):
                return seconds
            try:
                begin = math.floor((seconds - self.align) / length) * length + self.align
                return int(begin) if float(begin).is_integer() else round(begin, 6)
            except OverflowError:  # rounding led beyond the largest number
                return seconds
        try:
            at = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(seconds=seconds)
            whole = (at.year - 1970) * 12 + at.month - 1
            return _month(whole - whole % (self.count * months))
        except (OverflowError, ValueError):
            return seconds

    def following(self, begin: float) -> float:
        """Return the begin of the next bucket; infinity where no number or no calendar reaches."""
        months = _MONTHS.get(self.unit)
        if months is None:
            found = begin + self.count * _SECONDS[self.unit]
            return found if found > begin else math.inf
        try:
            at = datetime.datetime.fromtimestamp(begin, datetime.UTC)
            return _month((at.year - 1970) * 12 + at.month - 1 + self.count * months)
        except (OverflowError, ValueError):
            return math.inf


def bucket_begins(times: Column, span: TimeSpan) -> Column:
    """Return the begin of each time's bucket; absent where there is no time. The same as `floor` for each, but at once."""
    import numpy as np  # noqa: PLC0415 - this module is imported where no search runs

    from generator.engine.column import Column, Dictionary  # noqa: PLC0415 - as above

    numbers = times.numbers
    if span.unit in _MONTHS or len(numbers) < _FEW:
        return times.map(lambda value: None if (number := number_of(value)) is None else span.floor(number))
    length = span.count * _SECONDS[span.unit]
    numbered = np.floor((numbers - span.align) / length)
    there = ~np.isnan(numbered)
    used, places = np.unique(numbered[there], return_inverse=True)
    codes = np.zeros(len(numbers), np.int32)
    codes[there] = places + 1
    begins = [span.floor(number * length + span.align + length / 2) for number in used.tolist()]
    return Column(Dictionary([None, *begins]), codes)


def _month(number: int) -> int:
    return int(datetime.datetime(1970 + number // 12, number % 12 + 1, 1, tzinfo=datetime.UTC).timestamp())


def read_time_span(text: str) -> TimeSpan | None:
    """Return the span that a text such as `5m`, `1h`, `1mon`, `1w@w1` means, or None where it is none."""
    match = _TIME.fullmatch(text.strip().lower())
    if match is None or match[2] not in UNITS:
        return None
    count = int(match[1]) if match[1] else 1
    if count == 0 or len(match[1]) > 9:
        return None
    align = 0
    if match[3] is not None and re.fullmatch(r"w[0-7]?", match[3]):
        align = _SUNDAY + int(match[3][1:] or 0) % 7 * 86_400
    return TimeSpan(count, UNITS[match[2]], align)


def automatic_time_span(low: float, high: float, bins: int, least: TimeSpan | None = None) -> TimeSpan:
    """Return the shortest of Splunk's round spans that needs at most `bins` buckets from `low` to `high`."""
    for count, unit in _AUTOMATIC:
        span = TimeSpan(count, unit)
        if least is not None and span.seconds < least.seconds:
            continue
        if (high - span.floor(low)) / span.seconds < bins:
            return span
    return TimeSpan(1, "y")


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A length of numeric buckets; or with `base` logarithmic ones whose edges are `length * base ** k`."""

    length: float
    base: float | None = None
    start: float = 0

    def edges(self, number: float) -> tuple[float, float] | None:
        """Return low and high edge of the bucket of a number, or None where it lies in none (logarithmic: below zero)."""
        if self.base is None:
            length, start = Decimal(repr(self.length)), Decimal(repr(self.start))
            low = ((Decimal(repr(number)) - start) / length).to_integral_value("ROUND_FLOOR") * length + start
            return float(low), float(low + length)
        if number <= 0:
            return None
        # Two logarithms: the quotient of the smallest numbers is zero.
        power = math.floor(round((math.log(number) - math.log(self.length)) / math.log(self.base), 9))
        return self.length * _power(self.base, power), self.length * _power(self.base, power + 1)

    def label(self, number: float) -> str | None:
        """Return the name of the bucket of a number."""
        edges = self.edges(number)
        return None if edges is None else "-".join(map(text_of, edges))


def _power(base: float, power: int) -> float:
    try:
        return base**power
    except OverflowError:
        return math.inf


def read_number_span(text: str) -> NumberSpan | None:
    """Return the span that a number or `2log10` means, or None where it is none."""
    match = _LOG.fullmatch(text.strip().lower())
    if match is not None:
        coefficient, base = float(match[1] or 1), float(match[2] or 10)
        return NumberSpan(coefficient, base) if base > 1 and 1 <= coefficient < base else None
    try:
        length = float(text)
    except ValueError:
        return None
    return NumberSpan(length) if length > 0 and math.isfinite(length) else None


def automatic_number_span(low: float, high: float, bins: int, least: float = 0) -> NumberSpan:
    """Return the smallest power of ten that needs at most `bins` buckets from `low` to `high`.

    It is a normal number: neither smaller than those nor beyond the largest power of ten, where two buckets may be too many.
    """
    length = 1.0
    if high > low:
        reach = min(max(high / bins - low / bins, sys.float_info.min), _LARGEST)
        length = 10.0 ** math.ceil(round(math.log10(reach), 9))
    while length < _LARGEST and (length < least or math.floor(high / length) - math.floor(low / length) + 1 > bins):
        length *= 10
    return NumberSpan(length)
