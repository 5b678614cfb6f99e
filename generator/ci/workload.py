"""The saved searches of an app become what the scheduler has to do with them: runs, data searched, and where they collide.

An estimate from schedule and time range alone, to compare two states of one app; how long a search takes is not known.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from generator.ci.diffmodel import Workload
from generator.ci.stanzas import is_enabled
from generator.engine.values import read_bool
from generator.rules.scd.schedules import cron_of, runs_of, window_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.knowledge.cron import Cron

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MINUTES = 24 * 60


def workload(searches: Mapping[str, Mapping[str, str]], *, enabled_only: bool = False) -> Workload:
    """Count over stanzas of savedsearches.conf that have a schedule; without `enabled_only` as if all were on."""
    chosen = [
        values
        for values in searches.values()
        if values.get("cron_schedule", "").strip()
        and read_bool(values.get("enableSched"), default=True)
        and (is_enabled(values) or not enabled_only)
    ]
    kinds = Counter(
        (
            values["cron_schedule"].strip(),
            values.get("dispatch.earliest_time", "").strip(),
            values.get("dispatch.latest_time", "").strip(),
        )
        for values in chosen
    )
    runs, hours, unbounded = 0.0, 0.0, 0
    crons: Counter[str] = Counter()
    for (text, earliest, latest), count in kinds.items():
        crons[text] += count
        cron = cron_of(text)
        daily = _runs_a_day(cron) * count if cron is not None else 0.0
        runs += daily
        length = _length(text, earliest, latest)
        if length is None:
            unbounded += count
        else:
            hours += daily * length / 3600
    minutes = _starts(crons)
    peak = max(minutes.values(), default=0)
    at = [minute for minute, count in minutes.items() if count == peak] if peak else []
    return Workload(
        len(chosen), round(runs, 2), round(hours, 2), unbounded, peak, _named(min(at)) if at else "", len(at)
    )


def _runs_a_day(cron: Cron) -> float:
    if cron.never_fires:
        return 0.0
    times = len(cron.minutes) * len(cron.hours)
    in_month, in_week = len(cron.days) / 31, len(cron.weekdays) / 7
    days = 1 - (1 - in_month) * (1 - in_week) if cron.either_day else in_month * in_week
    return times * days * len(cron.months) / 12


def _length(cron: str, earliest: str, latest: str) -> float | None:
    """Return the seconds of data that a run searches; None without a bound."""
    window = window_of(earliest or "0", latest or "now")
    if window is None or not window.is_relative:
        return None
    runs = runs_of(cron)
    if not runs:
        return 0.0
    try:
        start, end = window.at(runs[0])
    except OverflowError:
        return None
    return max(0.0, (end - start).total_seconds())


def _starts(crons: Mapping[str, int]) -> Counter[int]:
    """Return how many searches start in each minute of a week (0: Monday 00:00); days of the month count as every day."""
    found: Counter[int] = Counter()
    for text, count in crons.items():
        cron = cron_of(text)
        if cron is None or cron.never_fires:
            continue
        for day in _week_days(cron):
            for hour in cron.hours:
                for minute in cron.minutes:
                    found[day * _MINUTES + hour * 60 + minute] += count
    return found


def _week_days(cron: Cron) -> Iterable[int]:
    """Return the days (0: Monday) on which it may fire."""
    if cron.either_day:
        return range(7)
    return sorted((day - 1) % 7 for day in cron.weekdays)


def _named(minute: int) -> str:
    day, rest = divmod(minute, _MINUTES)
    return f"{_DAYS[day]} {rest // 60:02}:{rest % 60:02}"
