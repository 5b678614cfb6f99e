r"""The time of an event, read from its text: by TIME_PREFIX and TIME_FORMAT, or in whatever form stands there first.

Without a zone in the text the stanza's TZ counts, else UTC. A date without a year is of this year, or of the last one
where it would lie ahead. Sources: props.conf.spec (TIME_PREFIX, TIME_FORMAT, MAX_TIMESTAMP_LOOKAHEAD, TZ, DATETIME_CONFIG);
Getting Data In, "Configure timestamp recognition". Knowing difference: MAX_DAYS_AGO and MAX_DAYS_HENCE are not applied, since
recorded attacks are older than what Splunk would accept from a live source.
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.engine.errors import PatternTimeoutError
from generator.engine.patterns import PatternError
from generator.engine.scan import compile_scanner

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.knowledge.props import IndexRules

MAX_MINUTES = 100_000
"""Minutes that are remembered."""

_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "UT": 0, "WET": 0, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "BST": 60, "MSK": 180,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "JST": 540,
    "AEST": 600, "AEDT": 660, "IST": 330,
}  # fmt: skip
"""Minutes east of UTC."""
_ZONE = r"(?P<zone>Z\b|[+-]\d\d:?\d\d\b|(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d\d)?)?|[A-Z]{3,4}\b)"
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
_AUTO = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d)(?P<Y>(?:19|20)\d\d)[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})[T _:,-]{{1,2}}{_CLOCK}(?:\s?{_ZONE})?",
        rf"(?<!\d)(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<Y>\d{{4}}|\d\d)[ ,T]{{1,2}}{_CLOCK}(?:\s?(?P<p>[AaPp][Mm])\b)?(?:\s?{_ZONE})?",
        rf"(?<!\d)(?P<d>\d{{1,2}})[/ -](?P<b>{_MONTH})[/ -](?P<Y>\d{{4}})[: ]{_CLOCK}(?:\s?{_ZONE})?",
        rf"\b(?P<b>{_MONTH}) +(?P<d>\d{{1,2}}),? +(?:(?P<Y>\d{{4}}),? +)?{_CLOCK}(?:\s?(?P<p>[AaPp][Mm])\b)?(?: (?P<zone>[A-Z]{{3,4}}))?(?: (?P<Y2>(?:19|20)\d\d)\b)?",
        r"(?<![\d.:/-])(?P<Y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)[T _-]?(?P<H>[0-2]\d)(?P<M>[0-5]\d)(?P<S>[0-5]\d)(?:[.,](?P<f>\d{1,9}))?(?P<zone>Z\b|[+-]\d\d:?\d\d\b)?",
        r"(?:(?<=[\s#,\"=(\[|{:])|\A)(?P<s>1[0-9]\d{8})(?:\.(?P<f>\d{1,9})|(?P<ms>\d{3}(?:\d{3}){0,2}))?(?![\d(.:-])",
    )
)
_PIECES = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d\d)", "m": r"(?P<m>\d{1,2})", "d": r"\s?(?P<d>\d{1,2})", "e": r"\s*(?P<d>\d{1,2})",
    "H": r"\s?(?P<H>\d{1,2})", "k": r"\s?(?P<H>\d{1,2})", "I": r"\s?(?P<H>\d{1,2})", "l": r"\s?(?P<H>\d{1,2})", "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})", "b": rf"(?P<b>{_MONTH})", "B": rf"(?P<b>{_MONTH})", "h": rf"(?P<b>{_MONTH})", "a": _DAY, "A": _DAY,
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)", "P": r"(?P<p>[AaPp]\.?[Mm]\.?)", "f": r"(?P<f>\d{1,9})", "N": r"(?P<f>\d{1,9})", "Q": r"(?P<f>\d{1,9})",
    "s": r"(?P<s>\d{1,10})", "z": r"(?P<zone>Z|[+-]\d\d:?\d\d)", "Z": r"(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z]{2,5}(?:[+-]\d{1,2})?)",
    "j": r"(?P<j>\d{1,3})", "w": r"\d", "u": r"\d", "n": r"\s+", "t": r"\s+", "%": "%",
}  # fmt: skip
_COMPOSED = {
    "T": "%H:%M:%S",
    "F": "%Y-%m-%d",
    "D": "%m/%d/%y",
    "R": "%H:%M",
    "c": "%a %b %e %H:%M:%S %Y",
    "+": "%a %b %e %H:%M:%S %Z %Y",
}
_DIRECTIVE = re.compile(r"%(?::?(z)|([369])?([NQ])|(.))|(\s+)|([^%\s]+)", re.DOTALL)


class TimeReader:
    """Reads the times of events of one sourcetype. `now`: seconds since 1970, for dates without a year."""

    def __init__(self, rules: IndexRules, now: float) -> None:
        self._now = now
        self._zone = zone_of(rules.tz)
        self._off = rules.datetime_config.upper() in {"CURRENT", "NONE"}
        self._lookahead = rules.max_lookahead if rules.max_lookahead > 0 else 10_000
        self._literal, self._prefix = _prefix(rules.time_prefix)
        self._format = compile_format(rules.time_format) if rules.time_format else None
        self._minutes: dict[Any, float] = {}
        self._last: tuple[int, int] = (0, -1)

    def read(self, text: str) -> float | None:
        """Return the time of an event in seconds since 1970, or None where none is found."""
        if self._off:
            return None
        start = 0
        if self._literal:
            start = text.find(self._literal)
            if start < 0:
                return None
            start += len(self._literal)
        elif self._prefix is not None:
            end = self._prefix(text)
            if end is None:
                return None
            start = end
        stop = start + self._lookahead
        if self._format is not None:
            match = self._format.search(text, start, stop)
            if match is not None:
                found = self._epoch(match)
                if found is not None:
                    return found
        return self._recognised(text, start, stop)

    def _recognised(self, text: str, start: int, stop: int) -> float | None:
        kind, offset = self._last
        match = _AUTO[kind].match(text, start + offset, stop) if offset >= 0 else None
        if match is None:
            first = None
            for number, pattern in enumerate(_AUTO):
                found = pattern.search(text, start, stop)
                if found is not None and (first is None or found.start() < first.start()):
                    first, kind = found, number
            if first is None:
                return None
            match = first
            self._last = (kind, match.start() - start)
        return self._epoch(match)

    def _epoch(self, match: re.Match[str]) -> float | None:
        number = match.re.groupindex.get("S")
        if number is None or match.start(number) < 0:
            return self._in_full(match)
        # Events share their minutes: all but seconds and fraction is looked up, with what stands behind (a zone).
        text = match.string
        at, end = match.span(number)
        seconds: float = int(text[at:end])
        fraction = match.re.groupindex.get("f")
        if fraction is not None and match.start(fraction) >= 0:
            at_fraction, end = match.span(fraction)
            seconds += int(text[at_fraction:end]) / 10 ** (end - at_fraction)
        key = (match.re, text[match.start() : at], text[end : match.end()])
        minute = self._minutes.get(key)
        if minute is None:
            found = self._in_full(match)
            if found is None:
                return None
            minute = found - seconds
            if len(self._minutes) > MAX_MINUTES:
                self._minutes.clear()
            self._minutes[key] = minute
        return round(minute + seconds, 9) if seconds < 61 else None

    def _in_full(self, match: re.Match[str]) -> float | None:
        groups = match.groupdict()
        fraction = groups.get("f")
        part = int(fraction) / 10 ** len(fraction) if fraction else 0.0
        seconds = groups.get("s")
        if seconds is not None:
            more = groups.get("ms")
            return int(seconds) + (int(more) / 10 ** len(more) if more else part)
        at = groups.get("S")
        second = int(at) if at else 0
        if second > 60:
            return None
        key = (groups.get("Y") or groups.get("Y2"), groups.get("y"), groups.get("m"), groups.get("b"), groups.get("d"),
               groups.get("j"), groups.get("H"), groups.get("M"), groups.get("p"), groups.get("zone"))  # fmt: skip
        minute = self._minutes.get(key)
        if minute is None:
            found = self._minute(*key)
            if found is None:
                return None
            if len(self._minutes) > MAX_MINUTES:
                self._minutes.clear()
            self._minutes[key] = minute = found
        return minute + second + part

    def _minute(  # noqa: PLR0917 - the parts of a date
        self,
        full_year: str | None,
        short_year: str | None,
        month_number: str | None,
        month_name: str | None,
        day_number: str | None,
        day_of_year: str | None,
        hour_number: str | None,
        minute_number: str | None,
        half: str | None,
        zone: str | None,
    ) -> float | None:
        today = datetime.datetime.fromtimestamp(self._now, datetime.UTC)
        year = int(full_year) if full_year else today.year
        if full_year and len(full_year) == 2:
            short_year, full_year = full_year, None
        if short_year:
            year = 2000 + int(short_year) if int(short_year) < 70 else 1900 + int(short_year)
        month = int(month_number) if month_number else _MONTHS[month_name[:3].lower()] if month_name else 0
        day = int(day_number) if day_number else 0
        if not month and not day and not day_of_year:
            month, day = today.month, today.day
        hour, minute = int(hour_number or 0), int(minute_number or 0)
        if half:
            hour = hour % 12 + (12 if half[0] in "pP" else 0)
        try:
            naive = datetime.datetime(year, month or 1, day or 1, hour, minute)  # noqa: DTZ001 - its zone comes below
            if day_of_year:
                naive = naive.replace(month=1, day=1) + datetime.timedelta(days=int(day_of_year) - 1)
        except (ValueError, OverflowError):
            return None
        found = epoch(naive, zone, self._zone)
        if not full_year and not short_year and found > self._now + 2 * 86_400:
            try:
                found = epoch(naive.replace(year=year - 1), zone, self._zone)
            except ValueError:
                return None
        return found


def epoch(naive: datetime.datetime, zone: str | None, default: datetime.tzinfo | None) -> float:
    """Return seconds since 1970 of a date and the zone that stands behind it, else of the default one, else UTC."""
    minutes = offset_of(zone) if zone else None
    if minutes is None and default is not None:
        return naive.replace(tzinfo=default).timestamp()
    return calendar.timegm(naive.timetuple()) - 60 * (minutes or 0)


def offset_of(zone: str) -> int | None:
    """Return the minutes east of UTC of `Z`, `+02:00`, `EST`, `GMT+2`, or None where it is no zone."""
    known = _ZONES.get(zone.upper())
    if known is not None:
        return known
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", zone)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == "-" else minutes


@lru_cache(maxsize=64)
def zone_of(name: str) -> datetime.tzinfo | None:
    """Return the zone of a TZ setting, or None where there is none of that name."""
    if not name:
        return None
    minutes = offset_of(name)
    if minutes is not None:
        return datetime.timezone(datetime.timedelta(minutes=minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=256)
def compile_format(fmt: str) -> re.Pattern[str] | None:
    """Compile a TIME_FORMAT to a regular expression with the groups of `TimeReader`; None where it says nothing."""
    for directive, composed in _COMPOSED.items():
        fmt = fmt.replace(f"%{directive}", composed)
    parts: list[str] = []
    seen: set[str] = set()
    for zone, _, fraction, directive, blank, literal in _DIRECTIVE.findall(fmt):
        name = "z" if zone else "N" if fraction else directive
        if blank:
            parts.append(r"\s+")
        elif literal:
            parts.append(re.escape(literal))
        else:
            piece = _PIECES.get(name, "")
            group = re.search(r"\?P<(\w+)>", piece)
            if group is not None and group[1] in seen:
                piece = piece.replace(f"?P<{group[1]}>", "?:")
            elif group is not None:
                seen.add(group[1])
            parts.append(piece)
    return re.compile("".join(parts)) if seen else None


def _prefix(pattern: str) -> tuple[str, Callable[[str], int | None] | None]:
    """Return a TIME_PREFIX as literal text, or as function that gives where it ends in a text."""
    if not pattern:
        return "", None
    literal = re.sub(r"\\([^A-Za-z0-9])", r"\1", pattern)
    if re.escape(literal) == pattern or not re.search(r"[\\.^$*+?{}\[\]|()]", pattern):
        return literal, None
    try:
        compiled = compile_scanner(pattern)
    except PatternError:
        return "", None

    def end(text: str) -> int | None:
        try:
            match = compiled.search(text)
        except PatternTimeoutError:
            return None  # the event has no time then, as when the pattern does not fit
        return None if match is None else match.end()

    return "", end
