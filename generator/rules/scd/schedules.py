"""The schedule that an object carries, parsed: its cron expression, its time range, and the runs to judge them by.

A schedule that cannot be parsed is the business of SCD001 and SCD003; the other rules leave it alone.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.content.model import Baseline, Deployment, Detection
from generator.knowledge.cron import Cron, CronError, next_runs, parse_cron
from generator.knowledge.timemod import TimeModifier, TimeModifierError, apply_time_modifier, parse_time_modifier

if TYPE_CHECKING:
    from generator.content.model import ContentObject, Scheduling

KINDS = ("deployment", "detection", "baseline")
_MONDAY = datetime.datetime(2024, 12, 30, 0, 0, 30)  # noqa: DTZ001 - wall-clock time, as the scheduler's
_RUNS = 200
_NAMES = {
    name: str(number)
    for names, first in (
        (("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1),
        (("sun", "mon", "tue", "wed", "thu", "fri", "sat"), 0),
    )
    for number, name in enumerate(names, first)
}
_NAME = re.compile(r"[A-Za-z]{3,}")
_CENTURY_SECONDS = 100 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Window:
    """A time range of which both ends can be read. `earliest` and `latest` are relative to the time of the run."""

    earliest: TimeModifier
    latest: TimeModifier

    @property
    def is_relative(self) -> bool:
        """Say whether both ends move along with the runs, and the search is no real-time search."""
        ends = (self.earliest, self.latest)
        return all(end.epoch is None and not end.is_all_time and not end.is_realtime for end in ends)

    def at(self, run: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
        """Return the range that a run searches."""
        return apply_time_modifier(self.earliest, run), apply_time_modifier(self.latest, run)


def schedule_of(item: ContentObject) -> Scheduling | None:
    """Return the schedule that is written in an object, or None."""
    if isinstance(item, Deployment):
        return item.scheduling
    if isinstance(item, (Detection, Baseline)) and item.deployment is not None:
        return item.deployment.scheduling
    return None


def is_for_baselines(item: ContentObject) -> bool:
    """Say whether a schedule is for searches that prepare data: they look at a period, not at each event once."""
    return isinstance(item, Baseline) or (
        isinstance(item, Deployment) and (item.type == "Baseline" or item.name == "Default Baseline")
    )


@lru_cache(maxsize=1024)
def cron_of(text: str) -> Cron | None:
    """Return a cron expression, None when it is none."""
    try:
        return parse_cron(text)
    except CronError:
        return None  # SCD001 says what is wrong


@lru_cache(maxsize=1024)
def window_of(earliest: str, latest: str) -> Window | None:
    """Return a time range, None when an end cannot be read."""
    try:
        return Window(read_end(earliest), read_end(latest))
    except TimeModifierError:
        return None  # SCD003 says what is wrong


def read_end(text: str) -> TimeModifier:
    """Return an end of a time range.

    Raises:
        TimeModifierError: it cannot be read, or lies more than a century from now, beyond any event.
    """
    end = parse_time_modifier(text)
    away = (TimeModifier("", (step,)).offset_seconds or 0.0 for step in end.steps)
    if sum(map(abs, away)) > _CENTURY_SECONDS:
        raise TimeModifierError("it lies more than a century away", 0)
    return end


@lru_cache(maxsize=256)
def runs_of(text: str) -> tuple[datetime.datetime, ...]:
    """Return the first runs of a cron expression from a Monday on; empty for one that never fires, or is none."""
    cron = cron_of(text)
    return () if cron is None else tuple(next_runs(cron, _MONDAY, _RUNS))


def is_common_cron(text: str) -> bool:
    """Say whether other schedulers take an expression that Splunk's manual does not promise: names, and 7 for Sunday."""
    words = _NAME.sub(lambda match: _NAMES.get(match[0][:3].lower(), match[0]), text).split()
    if len(words) == 5:
        words[4] = re.sub(r"(?<![\d/])7(?!\d)", "0", words[4])
    return cron_of(" ".join(words)) is not None
