"""The spellings of JSON. Truth: Python's own `json` module, whose text contentctl writes (contentctl 5.6.2, api output)."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.render.jsontext import pretty

scalars = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([0.5, -1.25, 100.0])
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(values)
def test_pretty_is_what_the_standard_library_writes(value: object) -> None:
    assert pretty(value) == json.dumps(value, indent=2, default=str).encode("ascii")


@pytest.mark.parametrize("value", [datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC), {1: ()}, "\ud800", 2**70, "\x7f\x1f\u2028\U0001f600"])  # fmt: skip
def test_pretty_writes_what_is_no_json_as_text(value: object) -> None:
    assert pretty(value) == json.dumps(value, indent=2, default=str).encode("ascii")


def test_pretty_escapes_in_a_text_of_many_pieces() -> None:
    value = [{"name": "plain" * 50, "about": "é😀" if number % 7 == 0 else "\x7f"} for number in range(500)]
    assert pretty(value) == json.dumps(value, indent=2).encode("ascii")
