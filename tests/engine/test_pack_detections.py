"""The detections and baselines of our own pack over their own attack data: each test of each passes, none is skipped.

Truth: what the tests expect, counted by hand from the lines of the attack files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli.main import cli, run

ROOT = Path(__file__).parent.parent.parent
DETECTIONS = [
    yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    for folder in ("detections", "baselines")
    for path in sorted((ROOT / folder).rglob("*.yml"))
]


def test_all_tests_of_the_pack_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    code = run(cli, ["test", "--repo", str(ROOT), "--offline", "--json", str(report)], "contentpack")
    told = capsys.readouterr().out
    assert code == 0, told
    tests = json.loads(report.read_text("utf-8"))["tests"]
    assert {test["outcome"] for test in tests} == {"pass"}, told
    assert len(tests) == sum(len(detection["tests"]) for detection in DETECTIONS)


@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda detection: detection["name"])
def test_a_detection_has_a_test_that_fires_and_one_that_stays_silent(detection: dict[str, Any]) -> None:
    silent = ["none" if test.get("expect") == "none" else "fires" for test in detection["tests"]]
    assert set(silent) == {"none", "fires"}
