"""Buckets of many times at once are those of each time alone."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.engine.buckets import bucket_begins, read_time_span
from generator.engine.column import encode
from generator.engine.values import number_of

TIMES = st.one_of(st.none(), st.integers(-(10**10), 10**10), st.floats(-1e10, 1e10).map(lambda time: round(time, 3)))


@pytest.mark.parametrize("text", ["1s", "10s", "5m", "1h", "1d", "1w@w1", "1mon", "1y", "100ms"])
@given(times=st.lists(TIMES, min_size=1, max_size=20))
def test_many_at_once_as_each_alone(text: str, times: list[float | None]) -> None:
    span = read_time_span(text)
    assert span is not None
    expected = [None if time is None else number_of(span.floor(time)) for time in times]
    assert bucket_begins(encode(times), span).to_list() == expected
    assert bucket_begins(encode(times * 200), span).to_list() == expected * 200


@pytest.mark.parametrize("text", ["1s", "7s", "1d", "3w", "1mon"])
@pytest.mark.parametrize("time", [1.7976931348623157e308, -1.7976931348623157e308])
def test_the_largest_numbers_have_a_bucket(text: str, time: float) -> None:
    span = read_time_span(text)
    assert span is not None
    assert math.isfinite(span.floor(time))
