from __future__ import annotations

import contextlib
import datetime
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.knowledge import cron as module
from generator.knowledge.cron import CronError, gaps, next_runs, parse_cron

HOUR, DAY = 3600, 86_400
NOW = datetime.datetime(2026, 11, 24, 10, 7, 30, tzinfo=datetime.UTC)  # a Tuesday


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


# truth: Splunk's alerting manual on cron expressions; calendar for the dates
@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("0 * * * *", ["2026-11-24 11:00", "2026-11-24 12:00"]),
        ("*/15 * * * *", ["2026-11-24 10:15", "2026-11-24 10:30"]),
        ("5/20 * * * *", ["2026-11-24 10:25", "2026-11-24 10:45", "2026-11-24 11:05"]),
        ("7 */2 * * 1-5", ["2026-11-24 12:07", "2026-11-24 14:07"]),
        ("0 2 * * 0", ["2026-11-29 02:00", "2026-12-06 02:00"]),
        ("0,30 9-10 * * *", ["2026-11-24 10:30", "2026-11-25 09:00"]),
        ("0 0 1 * *", ["2026-12-01 00:00", "2027-01-01 00:00"]),
        (
            "0 0 */30 * *",
            ["2026-12-01 00:00", "2026-12-31 00:00", "2027-01-01 00:00", "2027-01-31 00:00", "2027-02-01 00:00"],
        ),
        ("0 0 29 2 *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("0 0 13 * 5", ["2026-11-27 00:00", "2026-12-04 00:00", "2026-12-11 00:00", "2026-12-13 00:00"]),
        ("0  *  *  *  *", ["2026-11-24 11:00"]),
    ],
)
def test_next_runs(text: str, runs: list[str]) -> None:
    assert next_runs(parse_cron(text), NOW, len(runs)) == [at(run) for run in runs]


# truth: as above; the refused forms of other crons are in AppInspect's list or undocumented by Splunk
@pytest.mark.parametrize(
    ("text", "field", "position", "message"),
    [
        ("61 * * * *", "minute", 0, "minute 61 is out of range: 0 to 59"),
        ("0 24 * * *", "hour", 2, "hour 24 is out of range: 0 to 23"),
        ("0 0 0 * *", "day of the month", 4, "day of the month 0 is out of range: 1 to 31"),
        ("0 0 1 13 *", "month", 6, "month 13 is out of range: 1 to 12"),
        ("0 0 * * 7", "day of the week", 8, "day of the week 7 is out of range: 0 to 6; Sunday is 0"),
        ("0 0 * * SUN", "day of the week", 8, "day of the week `SUN` is not valid: names aren't understood, write 0"),
        ("0 0 * jan *", "month", 6, "month `jan` is not valid: names aren't understood, write 1"),
        ("0 0 L * *", "day of the month", 4, "day of the month `L` is not valid"),
        ("0 0 * * 1#2", "day of the week", 8, "day of the week `1#2` is not valid"),
        ("H * * * *", "minute", 0, "minute `H` is not valid"),
        ("*/0 * * * *", "minute", 2, "minute step 0 is out of range: a step is 1 to 59"),
        ("* */99999 * * *", "hour", 4, "hour step 99999 is out of range"),
        ("0 22-2 * * *", "hour", 2, "hour range `22-2` runs backwards"),
        ("0,,5 * * * *", "minute", 2, "minute `` is not valid: a comma needs a value on both sides"),
        ("0 1-30 * * *", "hour", 4, "hour 30 is out of range"),
        ("-5 * * * *", "minute", 0, "minute `-5` is not valid"),
        ("0 0 * *", "", 0, "4 fields, but 5 fields are needed"),
        ("0 0 * * * *", "", 0, "6 fields, but 5 fields are needed"),
        ("5", "", 0, "1 field, but 5 fields are needed"),
        ("", "", 0, "0 fields, but 5 fields are needed"),
        ("@hourly", "", 0, "`@hourly` is a shorthand that Splunk doesn't know"),
        ("٣ * * * *", "minute", 0, "minute `٣` is not valid"),
    ],
)
def test_what_is_no_cron_expression_is_refused_by_field(text: str, field: str, position: int, message: str) -> None:
    with pytest.raises(CronError, match=re.escape(message)) as caught:
        parse_cron(text)
    assert (caught.value.field, caught.value.position) == (field, position)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("0 0 31 2 *", True),
        ("0 0 30 2 *", True),
        ("0 0 31 4,6,9,11 *", True),
        ("0 0 31 2 */2", True),  # `*/2` begins with a star: both days have to match
        ("0 0 29 2 *", False),
        ("0 0 31 2 1", False),  # either day
        ("0 0 31 * *", False),
    ],
)
def test_schedule_that_never_fires(text: str, never: bool) -> None:  # noqa: FBT001 - parametrised
    cron = parse_cron(text)
    assert cron.never_fires is never
    assert (next_runs(cron, NOW, 1) == []) is never
    assert (gaps(cron) is None) is never


@pytest.mark.parametrize(
    ("text", "runs"), [("0 * * * *", 1), ("*/5 * * * *", 12), ("*/4 * * * *", 15), ("5/3 * * * *", 19)]
)
def test_runs_per_hour(text: str, runs: int) -> None:
    assert parse_cron(text).runs_per_hour == runs


@pytest.mark.parametrize(
    ("text", "shortest", "longest"),
    [
        ("* * * * *", 60, 60),
        ("0 * * * *", HOUR, HOUR),
        ("*/15 * * * *", 900, 900),
        ("*/7 * * * *", 240, 420),
        ("0 9-17 * * *", HOUR, 16 * HOUR),
        ("10 0 * * *", DAY, DAY),
        ("0 2 * * 0", 7 * DAY, 7 * DAY),
        ("0 2 * * 1-5", DAY, 3 * DAY),
        ("0 0 1 * *", 28 * DAY, 31 * DAY),
        ("0 0 31 * *", 31 * DAY, 61 * DAY),
        ("0 0 1 1 *", 365 * DAY, 366 * DAY),
        ("0 0 29 2 *", 1461 * DAY, 1461 * DAY),
        ("0 0 */30 * *", DAY, 30 * DAY),
        ("0 0 1-31 * 1", DAY, DAY),
    ],
)
def test_gaps_between_runs(text: str, shortest: int, longest: int) -> None:
    assert gaps(parse_cron(text)) == (shortest, longest)


@given(st.text(st.sampled_from("0123456789*/,- @LHW#")))
def test_no_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(CronError):
        parse_cron(text)


@st.composite
def fields(draw: st.DrawFn, low: int, high: int) -> str:
    number = st.integers(low, high)
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        first, second = sorted((draw(number), draw(number)))
        step = draw(st.integers(1, high))
        parts.append(
            draw(st.sampled_from([str(first), f"{first}-{second}", f"{first}-{second}/{step}", f"*/{step}", "*"]))
        )
    return ",".join(parts)


CRONS = st.tuples(fields(0, 59), fields(0, 23), fields(1, 31), fields(1, 12), fields(0, 6)).map(" ".join)


@given(CRONS)
def test_runs_agree_with_the_fields_and_with_the_gaps(text: str) -> None:
    cron = parse_cron(text)
    runs = next_runs(cron, NOW, 20)
    assert bool(runs) is not cron.never_fires
    for run in runs:
        assert run.minute in cron.minutes
        assert run.hour in cron.hours
        assert cron.fires_on(run.date())
    assert runs == sorted(set(runs))
    found = gaps(cron)
    for earlier, later in itertools.pairwise(runs):
        assert found is not None
        assert found.shortest <= (later - earlier).total_seconds() <= found.longest


def test_end_of_the_calendar_ends_the_runs() -> None:
    last = datetime.datetime(9998, 12, 31, 23, 30, tzinfo=datetime.UTC)
    assert next_runs(parse_cron("0 0 * * *"), last, 5) == []
    assert next_runs(parse_cron("0 * * * *"), last.replace(hour=21), 5) == [
        last.replace(hour=h, minute=0) for h in (22, 23)
    ]


def test_a_very_long_expression_is_refused() -> None:
    with pytest.raises(CronError, match="at most"):
        parse_cron("0," * module._MAX_LENGTH)
