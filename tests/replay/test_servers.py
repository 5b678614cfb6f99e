"""Tests shared by servers, and results compared: with stand-ins for the runners, whose answers are written here."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from generator.backends.base import Found
from generator.replay.compare import compare
from generator.replay.results import Outcome, TestResult
from generator.replay.servers import run_on_servers

# Rows of both backends, and what differs: what, on splunk, on embedded. Truth: the rows themselves; internal fields and those that
# Splunk cuts from a timestamp (date_hour, ...) are left out on purpose.
CASES = yaml.safe_load("""
- {splunk: [{a: "1"}], embedded: [{a: "1"}], differs: []}
- {splunk: [{a: "1"}, {a: "2"}], embedded: [{a: "2"}, {a: "1"}], differs: []}
- {splunk: [{a: "1", _time: "5", date_hour: "3"}], embedded: [{a: "1", _time: "6"}], differs: []}
- splunk: [{date_created: "1", tags_used: "x", tag: t, "tag::user": u}]
  embedded: [{date_created: "2", tags_used: "x"}]
  differs: [[row that differs, date_created=1, date_created=2]]
- {splunk: [{tagged: "1"}], embedded: [{tagged: "2"}], differs: [[row that differs, tagged=1, tagged=2]]}
- {splunk: [{first: "1795503840.001"}], embedded: [{first: "1795503840.0006907"}], differs: []}
- {splunk: [{first: "1795503840"}], embedded: [{first: "1795503840.0000944"}], differs: []}
- splunk: [{first: "1795503840.001", n: "0.001"}]
  embedded: [{first: "1795503840.002", n: "0.0006907"}]
  differs: [[row that differs, "first=1795503840.001, n=0.001", "first=1795503840.002, n=0.0006907"]]
- {splunk: [{a: "1", b: ""}], embedded: [{a: "1"}], differs: []}
- {splunk: [{a: ["1", "2"]}], embedded: [{a: ["1", "2"]}], differs: []}
- splunk: [{a: "1", b: "x"}]
  embedded: [{a: "1", b: "y"}]
  differs: [[row that differs, b=x, b=y]]
- splunk: [{a: ["1", "2"]}]
  embedded: [{a: "1"}]
  differs: [[row that differs, a=1 | 2, a=1]]
- splunk: [{a: "1"}, {a: "1"}]
  embedded: [{a: "1"}]
  differs: [[number of rows on both, 2 (splunk), 1 (embedded)], [row on splunk only, a=1, no such row]]
- splunk: []
  embedded: [{a: "1"}]
  differs: [[number of rows on both, 0 (splunk), 1 (embedded)], [row on embedded only, no such row, a=1]]
""")


def found(rows: list[dict[str, Any]]) -> Found:
    return Found(tuple({name: None for row in rows for name in row}), tuple(rows))


@pytest.mark.parametrize("case", CASES)
def test_rows_are_compared_as_the_case_says(case: dict[str, Any]) -> None:
    differs = compare(found(case["embedded"]), found(case["splunk"]))
    assert [[one.what, one.expected, one.got] for one in differs] == case["differs"]


def test_of_many_differences_a_few_are_shown_and_the_rest_is_counted() -> None:
    theirs = found([{"a": str(number)} for number in range(20)])
    differs = compare(found([]), theirs)
    assert len(differs) == 7
    assert differs[-1].expected == "15 more"


class Stand:
    """A runner that answers with what it is told to, and notes in which thread."""

    def __init__(self, rows: list[dict[str, Any]], outcome: Outcome = Outcome.PASS, *, fails: bool = False) -> None:
        self.rows = rows
        self.outcome = outcome
        self.fails = fails
        self.threads: set[int] = set()
        self.meet: threading.Barrier | None = None

    def found(self, planned: Any) -> tuple[TestResult, Found | None]:
        self.threads.add(threading.get_ident())
        if self.meet is not None and planned.number < 2:
            self.meet.wait(20)
        if self.fails:
            raise KeyError("ours")
        result = TestResult(f"d{planned.number}", "", "", "t", self.outcome)
        return result, found(self.rows) if self.outcome in {Outcome.PASS, Outcome.FAIL} else None


def plan(count: int) -> list[Any]:
    return [SimpleNamespace(number=number, skip="") for number in range(count)]


def test_servers_share_the_tests_and_results_keep_their_order() -> None:
    runners = [Stand([]), Stand([])]
    meet = threading.Barrier(2)
    for runner in runners:
        runner.meet = meet  # the first two tests are under way at the same time, or this never ends
    seen: list[int] = []
    results = run_on_servers(runners, plan(20), progress=seen.append)  # type: ignore[arg-type]
    assert [result.detection for result in results] == [f"d{number}" for number in range(20)]
    assert seen == list(range(1, 21))
    assert all(len(runner.threads) == 1 for runner in runners)


def test_where_backends_differ_the_test_fails() -> None:
    same, other = [{"a": "1"}], [{"a": "2"}]
    (result,) = run_on_servers([Stand(same)], plan(1), beside=Stand(same))  # type: ignore[arg-type,list-item]
    assert result.outcome is Outcome.PASS
    (result,) = run_on_servers([Stand(same)], plan(1), beside=Stand(other))  # type: ignore[arg-type,list-item]
    assert result.outcome is Outcome.FAIL
    assert result.reason == "splunk and embedded differ: row that differs: a=1, against a=2"
    (result,) = run_on_servers([Stand(same)], plan(1), beside=Stand([], Outcome.UNSUPPORTED))  # type: ignore[arg-type,list-item]
    assert result.outcome is Outcome.PASS
    assert result.messages == ("NOTE: embedded: unsupported",)


def test_a_mistake_of_ours_is_no_outcome() -> None:
    with pytest.raises(KeyError, match="ours"):
        run_on_servers([Stand([], fails=True), Stand([])], plan(3))  # type: ignore[list-item]
