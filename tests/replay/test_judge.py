"""Expectations as tests write them, against rows: cases of judge.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.backends.base import Found
from generator.base.diagnostics import BackendError
from generator.content import tests as content
from generator.replay.actions import notables, risk_events, stash
from generator.replay.judge import judge, notes

CASES: list[dict[str, Any]] = yaml.load(Path(__file__).with_name("judge.yml").read_text("utf-8"), yaml.CSafeLoader)


def found(rows: list[dict[str, Any]]) -> Found:
    return Found(tuple(dict.fromkeys(name for row in rows for name in row)), tuple(rows))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_not_met_is_said(case: dict[str, Any]) -> None:
    entry = {"name": "t", **case.get("test", {})}
    if case.get("expect") is not None:
        entry["expect"] = case["expect"]
    (test,) = content.tests_of([entry])
    got = judge(test.expect, found(case["rows"]), case.get("settings", {}))
    assert [{"what": one.what, "expected": one.expected, "got": one.got} for one in got] == case.get("mismatches", [])


def test_a_threat_object_that_no_row_has_is_told() -> None:
    settings = {
        "action.risk": "1",
        "action.risk.param._risk": '[{"threat_object_field":"src","threat_object_type":"ip_address"}]',
    }
    assert "src" in notes(found([{"user": "bob"}]), settings)[0]
    assert notes(found([{"src": "192.0.2.1"}]), settings) == ()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "3",
        "{}",
        '"x"',
        "[1]",
        pytest.param("[" * 100_000, id="deep"),
        '[{"risk_object_field":"dest","risk_score":"high"}]',
    ],
)
@pytest.mark.parametrize("action", ["risk", "notable"])
def test_damaged_settings_are_told(action: str, text: str) -> None:
    key = {"risk": "action.risk.param._risk", "notable": "action.notable.param._entities"}[action]
    made = {"risk": risk_events, "notable": notables}[action]
    with pytest.raises(BackendError, match=key):
        made({f"action.{action}": "1", key: text}, [{"dest": "h"}])


def test_damaged_annotations_are_told() -> None:
    for text in ("{", "[]", "3"):
        with pytest.raises(BackendError, match="annotations"):
            stash("N", {"action.correlationsearch.annotations": text}, (), (), time=9.0, tactics={})


def test_settings_that_are_empty_write_nothing() -> None:
    assert risk_events({"action.risk": "1", "action.risk.param._risk": " "}, [{"dest": "h"}]) == ()
    assert risk_events({"action.risk": "1"}, [{"dest": "h"}]) == ()


def test_a_value_stays_inside_its_line_of_the_risk_index() -> None:
    settings = {
        "action.risk": "1",
        "action.risk.param._risk": '[{"risk_object_field":"dest","risk_object_type":"system","risk_score":5}]',
        "action.correlationsearch.annotations": '{"mitre_attack":["T1059"],"analytic_story":["S"]}',
    }
    rows: tuple[dict[str, str | list[str]], ...] = ({"dest": 'h"\n1700000000, risk_object="x'},)
    text = stash("N", settings, risk_events(settings, rows), rows, time=9.0, tactics={"T1059": ("TA0002",)})
    assert text.count(b"\n") == 1
    assert b'risk_object="h\\" 1700000000, risk_object=\\"x"' in text
    assert b'annotations.mitre_attack.mitre_tactic_id="TA0002"' in text
