"""Tests of detections as records. Truth: detection.native.schema.json and `reference` tables of the peers' keys (docs/content-contentctl.md)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.content import tests as content
from generator.content.model import Expect

keys = st.sampled_from(
    ["name", "attack_data", "benign_data", "events", "expect", "expected_results", "lookups", "macros", "chain", "earliest",
     "rows", "risk", "notable", "at_least", "at_most", "exactly", "object", "data", "raw"]
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=12,
)


def test_the_peers_entries_keep_their_meaning() -> None:
    (test,) = content.tests_of(
        [
            {
                "name": "True Positive Test",
                "earliest_time": "-24h",
                "attack_data": [
                    {"data": "https://example.com/a.log", "source": "s", "sourcetype": "t", "custom_index": "win", "host": "h",
                     "update_timestamp": True}
                ],
            }
        ]
    )  # fmt: skip
    (data,) = test.attack_data
    assert (test.type, test.earliest, test.expect.at_least, test.expect.at_most) == ("unit", "-24h", 1, None)
    assert (data.index, data.host, data.pointer) == ("win", "h", ("tests", 0, "attack_data", 0))


def test_what_native_adds() -> None:
    (test,) = content.tests_of(
        [
            {
                "name": "t",
                "test_type": "unit",
                "events": [{"raw": "a\nb", "sourcetype": "x"}],
                "lookups": {"known": [{"host": "h", "up": True, "n": 3, "all": ["a", 1]}]},
                "macros": {"m": "index=main"},
                "chain": ["A", "B"],
                "expect": {"exactly": 0},
            }
        ]
    )
    assert test.lookups == {"known": ({"host": "h", "up": "true", "n": "3", "all": ("a", "1")},)}
    assert (test.macros, test.chain, test.events[0].raw) == ({"m": "index=main"}, ("A", "B"), "a\nb")
    assert test.expect.is_none


@given(st.lists(anything, max_size=3))
def test_anything_becomes_tests(value: list[object]) -> None:
    for test in content.tests_of(value):
        assert isinstance(test.expect, Expect)
        assert test.expect.at_least >= 0
