"""A cron expression, as Splunk's scheduler takes it, becomes the times at which it fires.

Splunk's alerting manual ("Use cron expressions for alert scheduling") has five fields: minute 0-59, hour 0-23, day of the
month 1-31, month 1-12, day of the week 0-6 with Sunday as 0; each `*`, a number, a range, a list of these, and a step
behind `*` or a range. A step behind a number runs to the end of the field, as AppInspect counts it. What other crons know
besides (`@hourly`, names of days and months, `7`, `L`, `#`, `?`, `H`, a sixth field) is refused: AppInspect lets some of it
pass, but no Splunk page promises it.

Day of the month and day of the week are joined by "or" when neither begins with `*`, as in every cron since Vixie's.
Times are wall-clock times; changes to and from daylight saving time are not looked at.
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY_SECONDS = 86_400

_MAX_LENGTH = 1024
_WORD = re.compile(r"\S+")
_PART = re.compile(r"(?:(?P<star>\*)|(?P<low>\d+)(?:-(?P<high>\d+))?)(?:/(?P<step>\d+))?\Z", re.ASCII)
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CYCLE_FIRST_YEAR, _CYCLE_YEARS = 2001, 28
"""After 28 years the days of the week fall on the same dates again (until 2100)."""

_NAMES = {
    name: number
    for names, first in (
        (("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1),
        (("sun", "mon", "tue", "wed", "thu", "fri", "sat"), 0),
    )
    for number, name in enumerate(names, first)
}


class _Field(NamedTuple):
    name: str
    low: int
    high: int


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12),
    _Field("day of the week", 0, 6),
)


class CronError(ValueError):
    """A text that is no cron expression. `field` names the field, empty when the whole is wrong; `position` is 0-based."""

    def __init__(self, message: str, *, field: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.field = field
        self.position = position


class Gaps(NamedTuple):
    """Seconds between two runs that follow each other: the shortest and the longest that ever occur."""

    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed cron expression: the values of each field, sorted. Weekdays are 0 (Sunday) to 6.

    `either_day` says that a day fires when *either* its day of the month or its day of the week is listed.
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either_day: bool

    @property
    def never_fires(self) -> bool:
        """Say whether no day of any year matches, as the 31st of February."""
        if self.either_day:
            return False
        return not any(day <= _LONGEST_MONTHS[month - 1] for month in self.months for day in self.days)

    @property
    def runs_per_hour(self) -> int:
        """Return how many times it fires in an hour in which it fires."""
        return len(self.minutes)

    def fires_on(self, date: datetime.date) -> bool:
        """Say whether it fires on a date."""
        if date.month not in self.months:
            return False
        in_month, in_week = date.day in self.days, date.isoweekday() % 7 in self.weekdays
        return in_month or in_week if self.either_day else in_month and in_week


def parse_cron(text: str) -> Cron:
    """Parse a cron expression.

    Raises:
        CronError: it is none; the message says which field is wrong and why.
    """
    if len(text) > _MAX_LENGTH:
        raise CronError(f"a cron expression has at most {_MAX_LENGTH} characters")
    words = list(_WORD.finditer(text))
    if len(words) != len(_FIELDS):
        raise CronError(_wrong_count(text, len(words)))
    minutes, hours, days, months, weekdays = (
        _values(field, word[0], word.start()) for field, word in zip(_FIELDS, words, strict=True)
    )
    either_day = not words[2][0].startswith("*") and not words[4][0].startswith("*")
    return Cron(text, minutes, hours, days, months, weekdays, either_day)


def next_runs(cron: Cron, after: datetime.datetime, count: int) -> list[datetime.datetime]:
    """Return the first `count` times later than `after`, in its time zone; empty when it never fires."""
    found: list[datetime.datetime] = []
    if count < 1 or cron.never_fires:
        return found
    for date in _days_from(cron, after.date()):
        for hour in cron.hours:
            for minute in cron.minutes:
                at = datetime.datetime(date.year, date.month, date.day, hour, minute, tzinfo=after.tzinfo)
                if at > after:
                    found.append(at)
                    if len(found) == count:
                        return found
    return found


@lru_cache(maxsize=1024)
def gaps(cron: Cron) -> Gaps | None:
    """Return the shortest and the longest time between two runs; None when it never fires."""
    if cron.never_fires:
        return None
    times = [60 * (60 * hour + minute) for hour in cron.hours for minute in cron.minutes]
    inside = [later - earlier for earlier, later in pairwise(times)]
    overnight = DAY_SECONDS + times[0] - times[-1]
    between = [overnight + (days - 1) * DAY_SECONDS for days in _day_gaps(cron)]
    return Gaps(min([*inside, *between]), max([*inside, *between]))


def _wrong_count(text: str, count: int) -> str:
    if text.lstrip().startswith("@"):
        return f"`{text.strip()}` is a shorthand that Splunk doesn't know; 5 fields are needed"
    hint = ": minute, hour, day of the month, month, day of the week"
    return f"{count} field{'' if count == 1 else 's'}, but 5 fields are needed{hint}"


def _values(field: _Field, word: str, position: int) -> tuple[int, ...]:
    found: set[int] = set()
    for part in word.split(","):
        found.update(_part(field, part, position))
        position += len(part) + 1
    return tuple(sorted(found))


def _part(field: _Field, part: str, position: int) -> range:
    match = _PART.match(part)
    if match is None:
        raise CronError(f"{field.name} `{part}` is not valid{_hint(field, part)}", field=field.name, position=position)
    low = field.low if match["star"] else _number(field, match["low"], position)
    if match["high"] is not None:
        high = _number(field, match["high"], position + match.start("high"))
    else:
        high = field.high if match["star"] or match["step"] else low
    if high < low:
        raise CronError(f"{field.name} range `{part}` runs backwards", field=field.name, position=position)
    step = int(match["step"]) if match["step"] and len(match["step"]) < 5 else 1 if match["step"] is None else 0
    if not 1 <= step <= field.high:
        limits = f"a step is 1 to {field.high}"
        raise CronError(
            f"{field.name} step {match['step']} is out of range: {limits}",
            field=field.name,
            position=position + match.start("step"),
        )
    return range(low, high + 1, step)


def _number(field: _Field, digits: str, position: int) -> int:
    value = int(digits) if len(digits) < 5 else field.high + 1
    if not field.low <= value <= field.high:
        hint = "; Sunday is 0" if field.name == "day of the week" and digits == "7" else ""
        raise CronError(
            f"{field.name} {digits} is out of range: {field.low} to {field.high}{hint}",
            field=field.name,
            position=position,
        )
    return value


def _hint(field: _Field, part: str) -> str:
    if not part:
        return ": a comma needs a value on both sides"
    named = _NAMES.get(part[:3].lower())
    if named is not None and field.name in {"month", "day of the week"}:
        return f": names aren't understood, write {named}"
    return ": `*`, numbers, ranges `a-b`, lists `a,b` and steps `*/n` are"


def _days_from(cron: Cron, date: datetime.date) -> Iterator[datetime.date]:
    """Yield the days on which it fires, from a date on, to the end of the calendar (the last year is left out)."""
    one = datetime.timedelta(days=1)
    while date.year < datetime.MAXYEAR:
        if date.month not in cron.months:
            date = (date.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
            continue
        if cron.fires_on(date):
            yield date
        date += one


def _day_gaps(cron: Cron) -> set[int]:
    """Return how many days can lie between one day on which it fires and the next."""
    if len(cron.months) == 12 and len(cron.days) == 31:
        if cron.either_day or len(cron.weekdays) == 7:
            return {1}
        week = [*cron.weekdays, cron.weekdays[0] + 7]
        return {later - earlier for earlier, later in pairwise(week)}
    fired = [
        datetime.date(year, month, day).toordinal()
        for year in range(_CYCLE_FIRST_YEAR, _CYCLE_FIRST_YEAR + _CYCLE_YEARS)
        for month in cron.months
        for day in (range(1, 32) if cron.either_day else cron.days)
        if day <= calendar.monthrange(year, month)[1] and cron.fires_on(datetime.date(year, month, day))
    ]
    if not fired:
        return set()
    days = datetime.date(_CYCLE_FIRST_YEAR + _CYCLE_YEARS, 1, 1) - datetime.date(_CYCLE_FIRST_YEAR, 1, 1)
    return {later - earlier for earlier, later in pairwise([*fired, fired[0] + days.days])}
