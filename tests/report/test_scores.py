"""Mutation scores in words: what changed in a line, however long it is; who stands first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.replay.results import MutationScore, Outcome, Survivor, TestReport, TestResult
from generator.report.testrun.scores import change, line, scored


def survivor(before: str, after: str) -> Survivor:
    return Survivor("negated", before, after, "detections/a.yml", 1, 1)


@pytest.mark.parametrize(
    ("before", "after", "room", "told"),
    [
        ("a>5", "a>6", 40, "a>5 -> a>6"),
        ("a=1", "", 40, "a=1 removed"),
        ("a  IN\n(1)", "", 40, "a IN (1) removed"),
        ("a" * 50, "", 30, f"{'a' * 21}… removed"),
        ("b" * 50, f"NOT {'b' * 50}", 40, f"NOT before {'b' * 28}…"),
        ("field_of_long_name=12", "field_of_long_name=13", 40, "…_long_name=12 -> …_long_name=13"),
    ],
)
def test_a_change_fits_into_a_line(before: str, after: str, room: int, told: str) -> None:
    assert change(survivor(before, after), room) == told


@given(st.text(min_size=1), st.text(), st.integers(30, 200))
def test_a_change_never_takes_more_than_its_room(before: str, after: str, room: int) -> None:
    told = change(survivor(before, after), room)

    assert len(told) <= room
    assert "\n" not in told


def test_a_line_says_all_that_there_is() -> None:
    accepted = Survivor("negated", "a", "b", "p", 1, 1, accepted="r")

    assert line([MutationScore(3, 3)]) == "100 %: 3 of 3 broken searches noticed"
    assert (
        line([MutationScore(3, 3), MutationScore(1_000, 1_002, (accepted, survivor("a", "b")))])
        == "99 %: 1,003 of 1,005 broken searches noticed, 1 accepted, 1 unseen"
    )


def test_the_detection_with_most_that_nobody_sees_stands_first() -> None:
    tests = tuple(TestResult(name, f"id-{name}", f"{name}.yml", "t", Outcome.PASS) for name in ("one", "two", "three"))
    missed = (survivor("a", "b"),)
    scores = {
        "id-one": MutationScore(1, 1),
        "id-two": MutationScore(0, 2, missed * 2),
        "id-three": MutationScore(0, 1, missed),
    }

    assert [one.name for one in scored(TestReport(tests, mutation=scores))] == ["two", "three", "one"]
