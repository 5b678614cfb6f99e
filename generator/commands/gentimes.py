"""`gentimes`: generates time ranges, one a row."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options
from generator.commands.shapes import OptionsCommand, options_parser
from generator.engine.buckets import read_time_span
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv


@dataclass(frozen=True, slots=True)
class Gentimes(OptionsCommand):
    """Times are `MM/DD/YYYY[:HH:MM:SS]`, or a number of days from today (`-5`)."""


def flow(node: Gentimes, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """Begin and end, in seconds and in words."""
    return FieldState(frozenset({"starttime", "endtime", "starthuman", "endhuman"}), open=False)


_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?::(\d{1,2}):(\d{2}):(\d{2}))?")
_DAYS = re.compile(r"[+-]?\d{1,6}")


def run(node: Gentimes, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Return one row a range of time from `start` up to `end` (the last midnight by default)."""
    from generator.engine.column import encode
    from generator.engine.table import Table
    from generator.functions.time import format_time

    given = given_options(node.options, env, "gentimes")
    start = _moment(given["start"], env, node)
    end = _moment(given.get("end", "0"), env, node)
    text = given.get("increment", "1d")
    span = read_time_span(f"{text}d" if text.isdecimal() else text)
    if span is None:
        raise env.error("gentimes", f"Invalid value '{text}' for option 'increment'", node)
    starts: list[float] = []
    while start < end:
        starts.append(start)
        start = span.following(start)
        if len(starts) > MAX_RANGES:
            raise env.error("gentimes", f"More than {MAX_RANGES} ranges; use a larger increment", node)
    ends = [span.following(begin) - 1 for begin in starts]
    return Table(
        len(starts),
        {
            "endhuman": encode([format_time(seconds, "%c") for seconds in ends]),
            "endtime": encode(ends),
            "starthuman": encode([format_time(seconds, "%c") for seconds in starts]),
            "starttime": encode(starts),
        },
    )


MAX_RANGES = 1_000_000
"""Ranges that are generated at most."""


def _moment(text: str, env: Env, node: Gentimes) -> float:
    """Return the time that a date or a number of days from today (at midnight) means."""
    match = _DATE.fullmatch(text.strip())
    try:
        if match is not None:
            month, day, year, hour, minute, second = (int(part or 0) for part in match.groups())
            year += 2000 if len(match[3]) == 2 else 0
            return int(datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC).timestamp())
        if _DAYS.fullmatch(text.strip()):
            today = int(env.now // 86_400) * 86_400
            return today + int(text) * 86_400
    except (ValueError, OverflowError) as error:
        raise env.error("gentimes", f"Invalid time `{text}`: {error}", node) from error
    raise env.error("gentimes", f"Invalid time `{text}`", node)


SPEC = CommandSpec(
    name="gentimes",
    kind=CommandKind.GENERATING,
    summary="Generates time ranges.",
    syntax="gentimes start=<time> [end=<time>] [increment=<int>[s|m|h|d]]",
    options={"start": OptionKind.TEXT, "end": OptionKind.TEXT, "increment": OptionKind.SPAN},
    parse=options_parser(Gentimes, required=("start",)),
    flow=flow,
    run=run,
    source="Search Reference: gentimes",
)
