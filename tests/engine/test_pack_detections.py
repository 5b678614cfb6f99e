"""The detections of our own pack, as the app holds them, over their own attack data: they find what each test expects.

Truth: `expect` of each test, counted by hand from the lines of the attack files; benign files alone give nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generator import Engine, load_pack
from generator.base.files import write_files
from generator.render import read_inputs, render_app

if TYPE_CHECKING:
    from generator.engine.explain import Explanation

ROOT = Path(__file__).parent.parent.parent
NOW = 1_800_000_000
DETECTIONS = [
    yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in sorted((ROOT / "detections").rglob("*.yml"))
]
TESTS = [(detection, test) for detection in DETECTIONS for test in detection["tests"] if not test.get("chain")]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = load_pack(ROOT)
    tree = render_app(pack, read_inputs(ROOT, pack))
    folder = tmp_path_factory.mktemp("apps") / tree.app_id
    write_files(folder, tree.files)
    return folder


def replayed(app: Path, detection: dict[str, Any], test: dict[str, Any]) -> Explanation:
    engine = Engine(apps=[app], now=NOW)
    for data in [*test.get("attack_data", []), *test.get("benign_data", [])]:
        engine.load(ROOT / data["data"], data["sourcetype"], data["source"], data.get("host"), data.get("index"))
    for name, rows in test.get("lookups", {}).items():
        engine.search(f"outputlookup {name}", input=[{key: str(value) for key, value in row.items()} for row in rows])
    return engine.explain(f'| savedsearch "CPD - {detection["name"]} - Rule"')


def about(pair: tuple[dict[str, Any], dict[str, Any]]) -> str:
    return f"{pair[0]['name']}: {pair[1]['name']}"


def comparable(value: object) -> object:
    return sorted(str(item) for item in value) if isinstance(value, list | tuple) else str(value)


@pytest.mark.parametrize("pair", TESTS, ids=about)
def test_a_detection_finds_what_its_test_expects(app: Path, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    detection, test = pair
    found = replayed(app, detection, test)
    expect = {"exactly": 0} if test["expect"] == "none" else test["expect"]
    assert len(found.result) == expect["exactly"], found.dropped
    rows = [{name: comparable(value) for name, value in row.items()} for row in found.result.rows]
    for wanted in expect.get("rows", []):
        row = {name: comparable(value) for name, value in wanted.items()}
        assert any(row.items() <= found_row.items() for found_row in rows), wanted


@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda detection: detection["name"])
def test_a_detection_has_a_test_that_fires_and_one_that_stays_silent(detection: dict[str, Any]) -> None:
    expected = [test["expect"] for test in detection["tests"]]
    assert "none" in expected
    assert any(expect != "none" for expect in expected)
