"""Texts, numbers and comparisons of plain values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.engine.values import compare, elements, is_true, multivalue, number_of, rank, text_of

SCALARS = st.one_of(st.text(max_size=4), st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False))


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (1.0, "1"), (-0.5, "-0.5"), (0.1, "0.1"), (2.0**53, "9007199254740992"), (1e20, "100000000000000000000"), ("1.0", "1.0"), (True, "True")],
)  # fmt: skip
def test_whole_numbers_have_no_fraction(value: str | float, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("1.50", 1.5), (".5", 0.5), ("5.", 5), ("-3e2", -300), ("+7", 7)],
)
def test_digits_are_numbers(text: str, number: float) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", " 1", "1 ", "inf", "nan", "0x1F", "1_000", "1,000", "١٢", "-", "1e999", "e5"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert number_of(text) is None


@given(number=st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_the_text_of_a_number_reads_back_as_the_number(number: float) -> None:
    assert number_of(text_of(number)) == number


@given(values=st.lists(SCALARS, max_size=4))
def test_a_multivalue_holds_its_values(values: list[str | float]) -> None:
    cell = multivalue(values)
    assert elements(cell) == tuple(values)
    assert isinstance(cell, tuple) == (len(values) > 1)


@given(left=SCALARS, right=SCALARS)
def test_comparisons_agree_with_each_other(left: str | float, right: str | float) -> None:
    assert compare("=", left, right) is not compare("!=", left, right)
    assert compare("<", left, right) is not compare(">=", left, right)
    assert compare("<=", left, right) == (compare("<", left, right) or compare("=", left, right))
    assert compare("<", left, right) == compare(">", right, left)


@given(value=SCALARS)
def test_null_compares_with_nothing(value: str | float) -> None:
    assert compare("=", value, None) is None
    assert compare("!=", None, value) is None


def test_numbers_rank_below_texts() -> None:
    assert sorted(["b", "10", 9, "a", 1.5], key=rank) == [1.5, 9, "10", "a", "b"]


@pytest.mark.parametrize(("value", "holds"), [(True, True), (False, False), (None, False), (2, True), (0, False), ("true", False)])  # fmt: skip
def test_what_holds(value: object, holds: bool) -> None:  # noqa: FBT001 - a parametrised case
    assert is_true(value) is holds
