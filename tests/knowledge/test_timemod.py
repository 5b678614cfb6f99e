from __future__ import annotations

import contextlib
import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.knowledge.timemod import (
    TimeModifierError,
    apply_time_modifier,
    parse_time_modifier,
)

NOW = datetime.datetime(2026, 11, 24, 10, 7, 30, 250_000, tzinfo=datetime.UTC)  # a Tuesday


# truth: Splunk's Search Manual, "Specify time modifiers in your search"; calendar for the dates
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("now", "2026-11-24 10:07:30.25"),
        ("now()", None),
        ("-70m@m", "2026-11-24 08:57:00"),
        ("-1450m@m", "2026-11-23 09:57:00"),
        ("-60m", "2026-11-24 09:07:30.25"),
        ("+1h@h", "2026-11-24 11:00:00"),
        ("-h", "2026-11-24 09:07:30.25"),
        ("@s", "2026-11-24 10:07:30"),
        ("@d", "2026-11-24 00:00:00"),
        ("-1d@d+2h", "2026-11-23 02:00:00"),
        ("@d-1d", "2026-11-23 00:00:00"),
        ("@w0", "2026-11-22 00:00:00"),
        ("@w7", "2026-11-22 00:00:00"),
        ("@w", "2026-11-22 00:00:00"),
        ("@w1", "2026-11-23 00:00:00"),
        ("@w2", "2026-11-24 00:00:00"),
        ("@w3", "2026-11-18 00:00:00"),
        ("-1w@w1", "2026-11-16 00:00:00"),
        ("@mon", "2026-11-01 00:00:00"),
        ("-1mon@mon", "2026-10-01 00:00:00"),
        ("-9mon", "2026-02-24 10:07:30.25"),
        ("@q", "2026-10-01 00:00:00"),
        ("-1q@q", "2026-07-01 00:00:00"),
        ("@y", "2026-01-01 00:00:00"),
        ("-1year", "2025-11-24 10:07:30.25"),
        ("-2hours@hour", "2026-11-24 08:00:00"),
        ("rt", "2026-11-24 10:07:30.25"),
        ("rt-5m", "2026-11-24 10:02:30.25"),
        ("rtnow", "2026-11-24 10:07:30.25"),
        ("now-1d", "2026-11-23 10:07:30.25"),
        ("1700000000", "2023-11-14 22:13:20"),
        ("1700000000.5", "2023-11-14 22:13:20.5"),
        ("0", "1970-01-01 00:00:00"),
        ("", "1970-01-01 00:00:00"),
        (" -5m ", "2026-11-24 10:02:30.25"),
    ],
)
def test_time_modifier_means_an_instant(text: str, instant: str | None) -> None:
    if instant is None:
        with pytest.raises(TimeModifierError):
            parse_time_modifier(text)
    else:
        expected = datetime.datetime.fromisoformat(instant.ljust(26, "0") if "." in instant else instant)
        assert apply_time_modifier(parse_time_modifier(text), NOW) == expected.replace(tzinfo=datetime.UTC)


def test_a_month_back_from_a_long_month_ends_in_the_short_one() -> None:
    march = datetime.datetime(2027, 3, 31, tzinfo=datetime.UTC)
    assert apply_time_modifier(parse_time_modifier("-1mon"), march).isoformat() == "2027-02-28T00:00:00+00:00"


def test_the_zone_of_now_is_kept() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2))
    now = datetime.datetime(2026, 11, 24, 1, 0, tzinfo=zone)
    assert apply_time_modifier(parse_time_modifier("@d"), now).isoformat() == "2026-11-24T00:00:00+02:00"
    assert apply_time_modifier(parse_time_modifier("3600"), now).isoformat() == "1970-01-01T03:00:00+02:00"
    assert (
        apply_time_modifier(parse_time_modifier("3600"), now.replace(tzinfo=None)).isoformat() == "1970-01-01T01:00:00"
    )


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("-70x@m", 3, "`x` is no unit of time"),
        ("-70", 3, "`-70` needs a unit, such as `-70m`"),
        ("-", 1, "`-` needs a unit, such as `-60m`"),
        ("-1M", 2, "months are `mon`"),
        ("-70m@", 5, "`@` needs a unit to snap to"),
        ("-70m@z", 5, "`z` is no unit to snap to"),
        ("@w8", 1, "`w8` is no unit to snap to"),
        ("-70m@m!", 6, "expected `+`, `-` or `@`, found `!`"),
        ("-70m @m", 4, "expected `+`, `-` or `@`, found ` `"),
        ("70m", 0, "did you mean `-70m`?"),
        ("yesterday", 0, "a time modifier begins with"),
        ("-10ms", 3, "`ms` is only for subsecond searches"),
        ("rt5m", 2, "expected `+`, `-` or `@`, found `5`"),
        ("nowish", 3, "expected `+`, `-` or `@`, found `i`"),
        ("-9999999999999d", 1, "too large"),
        ("9" * 30, 0, "too large"),
        ("10/27/2026:00:00:00", 0, "an offset needs a sign"),
        ("  -70x", 5, "`x` is no unit of time"),
        ("-٣m", 1, "needs a unit"),
    ],
)
def test_what_is_no_time_modifier_is_refused_at_its_place(text: str, position: int, message: str) -> None:
    with pytest.raises(TimeModifierError, match=re.escape(message)) as caught:
        parse_time_modifier(text)
    assert caught.value.position == position


def test_what_a_rule_asks() -> None:
    modifier = parse_time_modifier("rt-70m@m")
    assert (modifier.is_realtime, modifier.offset_seconds) == (True, -4200)
    assert parse_time_modifier("0").is_all_time
    assert parse_time_modifier("").is_all_time
    assert parse_time_modifier("-1mon").offset_seconds == pytest.approx(-30.4 * 86_400, rel=0.01)


def test_instants_outside_the_calendar_are_an_overflow() -> None:
    for text in ("-9000y", "-999999999999d", "+99999999999y", "99999999999999999999", "-99999999999mon"):
        with pytest.raises(OverflowError):
            apply_time_modifier(parse_time_modifier(text), NOW)


@given(st.text(st.sampled_from("+-@0123456789smhdwqyonrt. ")))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        modifier = parse_time_modifier(text)
    except TimeModifierError as error:
        assert 0 <= error.position <= len(text)  # noqa: PT017 - the error is the result here
    else:
        with contextlib.suppress(OverflowError):
            apply_time_modifier(modifier, NOW)


_SNAPS = {"": 0, "@s": 1, "@m": 60, "@h": 3600, "@d": 86_400}


@given(st.integers(-10_000, 10_000), st.sampled_from("smhd"), st.sampled_from(sorted(_SNAPS)))
def test_offset_and_snap_bound_the_instant(count: int, unit: str, snap: str) -> None:
    modifier = parse_time_modifier(f"{count:+d}{unit}{snap}")
    moved = (apply_time_modifier(modifier, NOW) - NOW).total_seconds()
    assert modifier.offset_seconds is not None
    assert modifier.offset_seconds - _SNAPS[snap] < moved + 1e-6
    assert moved <= modifier.offset_seconds + 1e-6
