"""Character classes that Python's `re` warns of or misreads. Truth: pcre2pattern, "Square brackets" and "POSIX character classes"."""

from __future__ import annotations

import pytest

from generator.engine.effort import free_length
from generator.engine.patterns import PatternError
from generator.engine.scan import compile_scanner
from generator.spl.pcre import compile_pattern, pattern_error


# `-W error` (pyproject) makes each warning of `re` or `regex` a failure.
@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("[^[ab]+$", "a[xy", "xy"),
        ("x[[a]", "x[", "x["),
        ("x[a||b]", "x|", "x|"),
        ("x[a&&b]", "x&", "x&"),
        ("x[a~~b]", "x~", "x~"),
        ("x[!--]", "x#", "x#"),
        ("x[[:alpha:]]", "x] xb", "xb"),
        ("x[^[:space:]]", "x] xb", "x]"),
        ("x[.[:digit:]]", "x:] x5", "x5"),
    ],
)
def test_a_class_means_what_it_means_to_pcre(pattern: str, text: str, found: str) -> None:
    assert pattern_error(pattern) is None
    compiled = compile_pattern(pattern)
    assert not isinstance(compiled, Exception)
    assert compiled.search(text)[0] == found
    assert compile_scanner(pattern).search(text)[0] == found
    assert free_length(pattern) >= 0


def test_a_range_out_of_order_is_an_error() -> None:
    assert pattern_error("x[a--b]") is not None
    with pytest.raises(PatternError):
        compile_scanner("x[a--b]")
