"""The detections of our own pack, as the app holds them, over their own attack data: they fire on it, and on nothing benign.

Truth: `expected_results` of each test, counted by hand from the lines of the attack file.
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
DETECTIONS = [
    yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in sorted((ROOT / "detections").rglob("*.yml"))
]
TESTS = [(detection, test) for detection in DETECTIONS for test in detection["tests"]]
BENIGN = [
    (detection, {**test, "attack_data": benign})
    for detection, test in TESTS
    if (benign := [data for data in test["attack_data"] if "benign" in data["data"]])
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = load_pack(ROOT)
    tree = render_app(pack, read_inputs(ROOT, pack))
    folder = tmp_path_factory.mktemp("apps") / tree.app_id
    write_files(folder, tree.files)
    return folder


def replayed(app: Path, detection: dict[str, Any], test: dict[str, Any]) -> Explanation:
    engine = Engine(apps=[app], now=1_800_000_000)
    for data in test["attack_data"]:
        engine.load(ROOT / data["data"], data["sourcetype"], data["source"], data.get("host"), data.get("index"))
    return engine.explain(f'| savedsearch "CPD - {detection["name"]} - Rule"')


def about(pair: tuple[dict[str, Any], dict[str, Any]]) -> str:
    return f"{pair[0]['name']}: {pair[1]['name']}"


@pytest.mark.parametrize("pair", TESTS, ids=about)
def test_a_detection_fires_on_its_attack_data(app: Path, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    detection, test = pair
    found = replayed(app, detection, test)
    assert len(found.result) == test["expected_results"], found.dropped


@pytest.mark.parametrize("pair", BENIGN, ids=about)
def test_a_detection_is_silent_on_benign_data(app: Path, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    detection, test = pair
    assert len(replayed(app, detection, test).result) == 0
