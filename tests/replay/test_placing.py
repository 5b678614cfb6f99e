"""Where recorded events go. Truth: the rules in the module's docstring, worked out by hand on dates."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.backends.base import Extent
from generator.base.diagnostics import DatasetError
from generator.replay.placing import DAY, Window, moment, place, window_of


def at(text: str) -> float:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp()


NOON = at("2026-11-24 12:00:00")
HOUR = window_of("-70m@m", "-10m@m", NOON)


def test_a_window_is_that_of_splunks_modifiers() -> None:
    assert Window(at("2026-11-24 10:50:00"), at("2026-11-24 11:50:00")) == HOUR
    assert window_of("", "now", NOON) == Window(None, NOON)
    assert window_of("0", "", NOON) == Window(None, None)
    assert window_of("1700000000", "1700003600", NOON).fixed
    assert window_of("10/27/2026:13:30:00", "now", NOON).fixed
    assert moment("rt-5m", NOON) == NOON - 300


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(DatasetError, match="yesterday-ish"):
        window_of("yesterday-ish", "now", NOON)


def test_minutes_stay_where_hours_fit() -> None:
    placed = place([Extent(3, at("2023-05-10 14:04:53"), at("2023-05-10 14:10:00"))], HOUR, NOON)
    assert placed.shifts[0] % 3600 == 0
    assert at("2023-05-10 14:04:53") + placed.shifts[0] == at("2026-11-24 11:04:53")
    assert placed.earliest is None


def test_a_time_of_day_stays_where_days_fit() -> None:
    day = window_of("-1450m@m", "-10m@m", NOON)
    placed = place([Extent(3, at("2023-05-10 03:00:00"), at("2023-05-10 03:10:00"))], day, NOON)
    assert at("2023-05-10 03:00:00") + placed.shifts[0] == at("2026-11-24 03:00:00")


def test_sets_that_fit_together_keep_their_distance() -> None:
    first, second = Extent(1, 1000.0, 1600.0), Extent(1, 2000.0, 2600.0)
    placed = place([first, second], HOUR, NOON)
    assert placed.shifts[0] == placed.shifts[1]


def test_sets_that_were_recorded_apart_come_to_one_day_and_keep_their_hours() -> None:
    """A password reset at 14:00 in October, a device paired at 14:04 in May: the reset still comes first."""
    reset = Extent(2, at("2023-10-05 14:00:50"), at("2023-10-05 14:00:50"))
    paired = Extent(62, at("2023-05-10 14:04:53"), at("2023-05-10 16:07:27"))
    placed = place([reset, paired], HOUR, NOON)
    assert paired.oldest + placed.shifts[1] - (reset.oldest + placed.shifts[0]) == 243
    assert placed.earliest is not None
    assert placed.earliest <= reset.oldest + placed.shifts[0]
    assert "2 h 6 min" in placed.note


def test_a_window_of_a_month_leaves_sets_ten_days_apart_alone() -> None:
    month = window_of("-30d@d", "now", NOON)
    first, second = Extent(1, 0.0, 60.0), Extent(1, 10 * DAY, 10 * DAY + 60)
    placed = place([first, second], month, NOON)
    assert placed.shifts[0] == placed.shifts[1]
    assert not placed.note


def test_nothing_moves_where_the_author_gives_dates_or_nothing_is_there() -> None:
    fixed = window_of("1700000000", "1700003600", NOON)
    assert place([Extent(1, 5.0, 6.0)], fixed, NOON).shifts == (0.0,)
    assert place([Extent(0)], HOUR, NOON).shifts == (0.0,)


extents = st.lists(
    st.builds(
        lambda start, length: Extent(1, start, start + length),
        st.floats(0, 2e9, allow_nan=False),
        st.floats(0, 40 * DAY, allow_nan=False),
    ),
    min_size=1,
    max_size=4,
)
windows = st.sampled_from([("-70m@m", "-10m@m"), ("-30d@d", "-1d@d"), ("-5m", "now"), ("", "now"), ("", "")])


@given(extents, windows)
def test_every_event_is_inside_the_window(sets: list[Extent], bounds: tuple[str, str]) -> None:
    window = window_of(*bounds, NOON)
    placed = place(sets, window, NOON)
    start = placed.earliest if placed.earliest is not None else window.start
    end = NOON if window.end is None else window.end
    for extent, shift in zip(sets, placed.shifts, strict=True):
        assert extent.newest + shift < end
        assert start is None or extent.oldest + shift >= start - 1e-3
    newest = max(extent.newest + shift for extent, shift in zip(sets, placed.shifts, strict=True))
    assert end - newest <= max(DAY + 2, 0)
