"""What a saved file touches. Truth: docs/testing.md, "While you write"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.content.load import load_pack
from generator.replay.cache import DataCache
from generator.replay.datasets import DataStore
from generator.replay.plan import make_plan
from generator.replay.watch import changed, data_files, stamps, touched, wait
from tests.replay.packs import baseline, detection, events, unit, write_pack

if TYPE_CHECKING:
    from pathlib import Path

OUTER = "name: outer\ndefinition: '`inner` type=SYSCALL'\ndescription: Outer.\n"
INNER = "name: inner\ndefinition: sourcetype=linux_audit\ndescription: Inner.\n"
KNOWN = (
    "name: known\nlookup_type: csv\nid: 00000000-0000-4000-8000-000000009999\nversion: 1\n"
    "creation_date: '2026-01-01'\nmodification_date: '2026-01-01'\nauthor: a\ndescription: Known.\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    data = [{"data": "attack_data/a.log", "source": "s", "sourcetype": "linux_audit"}]
    far = [{"data": "https://example.com/datasets/far.log", "source": "s", "sourcetype": "linux_audit"}]
    (tmp_path / "local" / "datasets").mkdir(parents=True)
    (tmp_path / "local" / "datasets" / "far.log").write_text(events(("tar", "x")))
    return write_pack(
        tmp_path / "pack",
        detection("Calls Macro", search="`outer` | `calls_macro_filter`", tests=[unit(attack_data=data)]),
        detection("Looks Up", search="`audit` | lookup known user | `looks_up_filter`", tests=[unit(attack_data=far)]),
        detection("Chained", tests=[unit(chain=["Looks Up"], attack_data=far)]),
        baselines=[baseline("Learns", search="`outer` | outputlookup known", tests=[unit(attack_data=far)])],
        files={
            "macros/outer.yml": OUTER,
            "macros/inner.yml": INNER,
            "lookups/known.yml": KNOWN,
            "lookups/known.csv": "user\n",
            "attack_data/a.log": events(("tar", "x")),
        },
    )


@pytest.mark.parametrize(
    ("saved", "names"),
    [
        ("detections/endpoint/calls_macro.yml", ["Calls Macro"]),
        ("detections/endpoint/looks_up.yml", ["Chained", "Looks Up"]),
        ("macros/inner.yml", ["Calls Macro", "Learns"]),
        ("baselines/learns.yml", ["Learns"]),
        ("macros/audit.yml", ["Chained", "Looks Up"]),
        ("lookups/known.csv", ["Chained", "Looks Up", "Learns"]),
        ("lookups/known.yml", ["Chained", "Looks Up", "Learns"]),
        ("attack_data/a.log", ["Calls Macro"]),
        ("{local}/datasets/far.log", ["Chained", "Looks Up", "Learns"]),
        ("stories/story.yml", []),
        ("schedules/default.yml", ["Calls Macro", "Chained", "Looks Up", "Learns"]),
        ("contentpack.yml", ["Calls Macro", "Chained", "Looks Up", "Learns"]),
    ],
)
def test_a_saved_file_touches(root: Path, saved: str, names: list[str]) -> None:
    local = root.parent / "local"
    pack = load_pack(root)
    plan = make_plan(pack)
    files = data_files(plan, DataStore(root, DataCache(root.parent / "cache"), local))
    hit = touched(pack, plan, [saved.replace("{local}", str(local))], files)
    assert [one.item.name for one in hit] == names


def test_changes_are_seen_once_nothing_moves_any_more(root: Path) -> None:
    before = stamps(root)
    assert "detections/endpoint/chained.yml" in before
    file = root / "macros" / "new.yml"
    steps = iter(["", "x", "xy"])

    def sleep(_seconds: float) -> None:
        text = next(steps, None)
        if text is not None:
            file.write_text(text)

    paths, after = wait(lambda: stamps(root), before, sleep=sleep)
    assert paths == {"macros/new.yml"}
    assert file.read_text() == "xy"
    file.unlink()
    assert changed(after, stamps(root)) == {"macros/new.yml"}
