"""A test run in each format: outcomes never look alike, and nothing of the pack acts where it is printed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

from generator.replay.results import Mismatch, Outcome, StageCount, TestReport, TestResult
from generator.report.testrun import github, junit, markdown, terminal
from generator.report.testrun import json as as_json

EVIL = "x\x1b[31m\n::error::y|<img src=x>`$(id)`]]>[a](http://e.example) @all"


def result(name: str, outcome: Outcome, **changes: Any) -> TestResult:
    return TestResult(f"Detection {name}", f"id-{name}", f"detections/{name}.yml", "Unit", outcome, **changes)


REPORT = TestReport(
    (
        result("a", Outcome.PASS, rows=1, events=2, seconds=0.25),
        result(
            "b",
            Outcome.FAIL,
            reason="number of rows: expected at least 1 row, got no rows",
            line=40,
            mismatches=(Mismatch("number of rows", "at least 1 row", "no rows"),),
            why=("stage 1 (`search`): no event has `x`",),
            stages=(StageCount("search", "search x", 2, 0),),
        ),
        result("c", Outcome.ERROR, reason="cannot read"),
        result("d", Outcome.UNSUPPORTED, reason="`frob` is not supported"),
        result("e", Outcome.SKIPPED, reason="data not present: https://example.com/x"),
    ),
    seconds=1.5,
)
HOSTILE = TestReport((result(EVIL, Outcome.FAIL, reason=EVIL, mismatches=(Mismatch(EVIL, EVIL, EVIL),), why=(EVIL,)),))


def test_json_has_the_contracts_shape() -> None:
    document = json.loads(as_json.render(REPORT))
    assert set(document) == {"version", "tests", "summary"}
    assert document["version"] == 1
    assert document["tests"][0] == {
        "detection": "Detection a",
        "detection_id": "id-a",
        "test": "Unit",
        "outcome": "pass",
        "reason": "",
        "rows": 1,
        "events": 2,
        "duration_s": 0.25,
    }
    assert [one["outcome"] for one in document["tests"]] == ["pass", "fail", "error", "unsupported", "skipped"]
    assert document["summary"]["total"] == 5
    assert document["summary"]["pass"] == 1
    assert document["summary"]["succeeded"] is False


def test_the_terminal_tells_failures_first_and_passes_in_a_line() -> None:
    text = terminal.render(REPORT, color=False, width=100)
    assert text.startswith("FAIL Detection b: Unit\n  detections/b.yml:40\n")
    assert "    expected  at least 1 row\n    got       no rows\n" in text
    assert "no event has `x`" in text
    assert text.index("FAIL") < text.index("ERROR") < text.index("UNSUPPORTED") < text.index("skipped")
    assert "Detection a" not in text
    assert text.endswith("1 failed, 1 could not be run, 1 unsupported, 1 skipped, 1 passed in 1.50 s (embedded)\n")
    assert "pass Detection a: Unit  1 row from 2 events" in terminal.render(
        REPORT, color=False, width=100, verbose=True
    )


def test_many_skipped_tests_are_counted_by_reason() -> None:
    report = TestReport(
        tuple(result(str(number), Outcome.SKIPPED, reason=f"data not present: {number}") for number in range(30))
    )
    text = terminal.render(report, color=False, width=100)
    assert "30 tests: data not present" in text
    assert text.count("\n") < 6


def test_junit_counts_each_outcome_apart() -> None:
    top = ET.fromstring(junit.render(REPORT))  # noqa: S314 - our own output
    assert {key: top.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "2",
        "skipped": "1",
    }
    kinds = [[child.tag for child in case] for case in top.iter("testcase")]
    assert kinds == [[], ["failure"], ["error"], ["error"], ["skipped"]]
    assert [error.get("type") for error in top.iter("error")] == ["error", "unsupported"]


def test_github_annotates_the_tests_lines() -> None:
    lines = github.render(REPORT, "packs/x/").splitlines()
    assert lines[0].startswith("::error file=packs/x/detections/b.yml,line=40,title=FAIL Detection b%3A Unit::")
    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::error", "::notice"]


def test_markdown_shows_what_needs_work() -> None:
    text = markdown.render(REPORT)
    assert text.startswith("### ❌ contentpack test: 1 failed")
    assert "| FAIL | Detection b | Unit |" in text
    assert "<details><summary>Passed: 1</summary>" in text


def test_hostile_texts_only_stand_there() -> None:
    for text in (terminal.render(HOSTILE, color=False, width=80), github.render(HOSTILE), markdown.render(HOSTILE)):
        assert "\x1b" not in text
        assert not any(line.startswith("::error::y") for line in text.splitlines())
    assert "<img" not in markdown.render(HOSTILE)
    assert "](http" not in markdown.render(HOSTILE)
    assert ET.fromstring(junit.render(HOSTILE)) is not None  # noqa: S314 - our own output
