"""Recorded events are moved in time: `_time`, and on demand the times that stand in their texts, by the same seconds.

Times are found in the texts in the forms that logs use: ISO 8601 (`2026-03-01T10:00:00`, with a blank for the `T`, or `/` for the
`-`), seconds, milli-, micro- and nanoseconds since 1970, `03/01/2026 10:00:00 AM`, `01/Mar/2026:10:00:00`, and
`Mar 1 2026 10:00:00` or without the year. Only what lies within the given range moves, so that a certificate's end or a
birthday stays. The form stays as it is; fractions and zones are not touched. Left out on purpose: Windows file times and
dates without a time of day, which cannot be told from other numbers.
"""

from __future__ import annotations

import calendar
import datetime
import re
from typing import TYPE_CHECKING

from generator.engine.column import Column, Dictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.extract import EventSet

MARGIN = 86_400.0
"""Seconds around a data set's own times that still count as its time: zones, and events that came late."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTH = "|".join(_MONTHS)
_TIMES = re.compile(
    r"(?<!\d)(?P<iY>\d{4})(?P<i1>[-/])(?P<im>\d\d)(?P=i1)(?P<id>\d\d)(?P<i2>[T ])(?P<iH>\d\d):(?P<iM>\d\d):(?P<iS>\d\d)"
    r"|(?<![\w.-])(?<!\d:)(?P<epoch>[12]\d{9})(?=\.\d|(?:\d{3}){0,3}(?![\w.:-])|:|\.?(?:$|[^\w.:-]))"
    r"|(?<!\d)(?P<um>\d\d?)/(?P<ud>\d\d?)/(?P<uY>\d{4}) (?P<uH>\d\d?):(?P<uM>\d\d):(?P<uS>\d\d)(?P<uf>\.\d+)?(?P<up> [AP]M)?"
    rf"|(?<!\d)(?P<ad>\d\d)/(?P<ab>{_MONTH})/(?P<aY>\d{{4}}):(?P<aH>\d\d):(?P<aM>\d\d):(?P<aS>\d\d)"
    rf"|\b(?P<sb>{_MONTH})(?P<s1> +)(?P<sd>\d\d?)(?P<s2> +(?P<sY>\d{{4}})?\s*)(?P<sH>\d\d):(?P<sM>\d\d):(?P<sS>\d\d)"
)


def moved(events: EventSet, seconds: float, texts: tuple[float, float] | None = None) -> EventSet:
    """Return the events `seconds` later; with `texts`, times in the texts between these two (since 1970) move as well."""
    mover = None if texts is None else text_mover(seconds, *texts)

    def change(name: str, column: Column) -> Column:
        if name == "_time":
            values = [
                value + seconds if isinstance(value, int | float) else value for value in column.dictionary.values
            ]
            return Column(Dictionary(values), column.codes)
        if mover is None or name in _METADATA:
            return column
        return Column(
            Dictionary([mover(value) if isinstance(value, str) else value for value in column.dictionary.values]),
            column.codes,
        )

    return events.changed(change)


_METADATA = frozenset({"_indextime", "host", "index", "source", "sourcetype", "_sourcetype", "splunk_server"})


def text_mover(seconds: float, oldest: float, newest: float) -> Callable[[str], str]:
    """Return what moves the times in a text that lie between two moments, give or take a day."""
    shift = datetime.timedelta(seconds=round(seconds))
    first, last = oldest - MARGIN, newest + MARGIN
    years = range(_date(first).year, _date(last).year + 1)

    def later(parts: tuple[int, ...]) -> datetime.datetime | None:
        try:
            at = datetime.datetime(*parts, tzinfo=datetime.UTC)  # type: ignore[arg-type,misc]  # six numbers
        except ValueError:
            return None
        return at + shift if first <= at.timestamp() <= last else None

    def replaced(found: re.Match[str]) -> str:
        whole = found[0]
        if found["epoch"]:
            at = float(found["epoch"])
            return f"{round(at + shift.total_seconds())}" if first <= at <= last else whole
        if found["iY"]:
            new = later(tuple(int(found[key]) for key in ("iY", "im", "id", "iH", "iM", "iS")))
            mark = found["i1"]
            return whole if new is None else new.strftime(f"%Y{mark}%m{mark}%d{found['i2']}%H:%M:%S")
        if found["uY"]:
            return _american(found, later)
        if found["aY"]:
            month = _MONTHS.index(found["ab"]) + 1
            new = later((int(found["aY"]), month, *(int(found[key]) for key in ("ad", "aH", "aM", "aS"))))
            return whole if new is None else f"{new:%d}/{_MONTHS[new.month - 1]}/{new:%Y:%H:%M:%S}"
        return _syslog(found, later, years)

    return lambda text: _TIMES.sub(replaced, text)


def _american(found: re.Match[str], later: Callable[[tuple[int, ...]], datetime.datetime | None]) -> str:
    hour = int(found["uH"])
    half = found["up"]
    if half:
        hour = hour % 12 + (12 if half == " PM" else 0)
    new = later((int(found["uY"]), int(found["um"]), int(found["ud"]), hour, int(found["uM"]), int(found["uS"])))
    if new is None:
        return found[0]
    short = len(found["um"]) == 1 or len(found["ud"]) == 1
    date = f"{new.month}/{new.day}" if short else f"{new:%m/%d}"
    clock = f"{(new.hour + 11) % 12 + 1}" if half else f"{new.hour}"
    if len(found["uH"]) == 2:
        clock = clock.zfill(2)
    tail = f" {'PM' if new.hour >= 12 else 'AM'}" if half else ""
    return f"{date}/{new.year} {clock}:{new:%M:%S}{found['uf'] or ''}{tail}"


def _syslog(found: re.Match[str], later: Callable[[tuple[int, ...]], datetime.datetime | None], years: range) -> str:
    month = _MONTHS.index(found["sb"]) + 1
    rest = tuple(int(found[key]) for key in ("sd", "sH", "sM", "sS"))
    for year in (int(found["sY"]),) if found["sY"] else years:
        new = later((year, month, *rest))
        if new is not None:
            day = f"{new.day:02d}" if found["sd"].startswith("0") else f"{new.day}"
            pad = " " if len(found["s1"]) > 1 and found["sd"][0] != "0" and len(day) == 1 else ""
            gap = found["s2"].replace(found["sY"], str(new.year)) if found["sY"] else found["s2"]
            return f"{_MONTHS[new.month - 1]} {pad}{day}{gap}{new:%H:%M:%S}"
    return found[0]


def _date(seconds: float) -> datetime.datetime:
    bounded = min(max(seconds, 0.0), float(calendar.timegm((9999, 1, 1, 0, 0, 0))))
    return datetime.datetime.fromtimestamp(bounded, datetime.UTC)
