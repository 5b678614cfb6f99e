"""Patterns run without a clock only on texts on which they end soon."""

from __future__ import annotations

import time

import pytest
import regex

from generator.engine.effort import STEPS, free_length

FREE = [
    ("abc", STEPS),
    (r"(?i)-a5\s", STEPS),
    (r"\\temp\\[^\\]+\.exe$", 2000),
    ("(aa|b|cd)x", STEPS // 3),
    ("(?:.exe)?x", STEPS // 2),
    (r"\d{1,3}\.\d{1,3}", STEPS // 9),
    ("a.*b.*c", 158),
    ("(?<name>[^ ]+) (?=x*)", 158),
    ("[a-z]{2,}", 2000),
    ("(?:ab)+", 2000),
]
TIMED = ["(a+)+", "(a|aa)+$", "(?:x*y?){2}", r"(\w+) \1", "(?:a?){30}", r"\p{L}+", "(", r"(?R)", "(?:aa|b){2,9}"]


@pytest.mark.parametrize(("pattern", "length"), FREE)
def test_a_bounded_pattern_has_a_free_length(pattern: str, length: int) -> None:
    assert abs(free_length(pattern) - length) <= 1


@pytest.mark.parametrize("pattern", TIMED)
def test_what_may_explode_is_always_timed(pattern: str) -> None:
    assert free_length(pattern) == 0


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a*b", "a"),
        ("a*a*b", "a"),
        ("a*a*a*b", "a"),
        (".*a.*a.*b", "a"),
        ("a?a?a?a?a?a?a?a?a*b", "a"),
        (r"\w+\d+\w+!", "1"),
        ("(?:a|a|a)(?:a|a)(?:a|a)a*b", "a"),
        (r"(?=.*x)(?=.*y).*z", "."),
    ],
)
def test_the_worst_text_of_the_free_length_ends_soon(pattern: str, text: str) -> None:
    length = free_length(pattern)
    assert length
    started = time.process_time()
    assert regex.search(pattern, text * length) is None
    assert time.process_time() - started < 2
