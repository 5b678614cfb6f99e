"""Selectors and shards. Truth: docs/testing.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.content.load import load_pack
from generator.replay.plan import SelectorError, make_plan, select, with_chains
from tests.replay.packs import baseline, detection, unit, write_pack

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.model import Pack

DATA = [{"data": "https://example.com/a", "source": "s", "sourcetype": "t"}]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    root: Path = tmp_path_factory.mktemp("pack")
    return load_pack(
        write_pack(
            root,
            detection("Alpha One", tests=[unit(attack_data=DATA), unit("Second", attack_data=DATA)]),
            detection(
                "Beta",
                mitre_attack_id=["T1003"],
                data_source=["Sysmon EventID 1 AND Sysmon EventID 3"],
                analytic_story=["Other"],
                tests=[unit(attack_data=DATA)],
            ),
            detection("Gamma", status="experimental", tests=[unit(chain=["Beta"])]),
            detection("Delta", tests=None),
            baselines=[
                baseline("Learns", tests=[unit(attack_data=DATA)]),
                baseline("Untested"),
                baseline("Old", status="deprecated", tests=[unit(attack_data=DATA)]),
            ],
        )
    )


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("alpha one", ["Alpha One"]),
        ("alpha_one", ["Alpha One"]),
        ("detections/endpoint/beta.yml", ["Beta"]),
        ("./detections/endpoint/beta.yml", ["Beta"]),
        ("detections/endpoint", ["Alpha One", "Beta", "Delta", "Gamma"]),
        ("detections/endpoint/", ["Alpha One", "Beta", "Delta", "Gamma"]),
        ("*eta", ["Beta"]),
        ("*/gam*.yml", ["Gamma"]),
        ("T1059", ["Alpha One", "Delta", "Gamma"]),
        ("t1059.004", ["Alpha One", "Delta", "Gamma"]),
        ("T1003", ["Beta"]),
        ("Sysmon EventID 3", ["Beta"]),
        ("other", ["Beta"]),
        ("learns", ["Learns"]),
        ("baselines", ["Learns", "Old"]),
        ("Linux Auditd Syscall", ["Alpha One", "Delta", "Gamma", "Learns", "Old"]),
    ],
)
def test_a_selector_chooses(pack: Pack, selector: str, names: list[str]) -> None:
    assert [one.name for one in select(pack, [selector])[0]] == names


def test_an_id_chooses_and_nothing_is_an_error_with_the_nearest(pack: Pack) -> None:
    assert [one.name for one in select(pack, [pack.detections[0].id])[0]] == [pack.detections[0].name]
    with pytest.raises(SelectorError, match="did you mean `Alpha One`"):
        select(pack, ["Alpha Onn"])
    with pytest.raises(SelectorError):
        select(pack, ["T105"])
    with pytest.raises(SelectorError, match="no baseline with tests"):
        select(pack, ["Untested"])


def test_what_is_not_run_has_its_reason(pack: Pack) -> None:
    skips = {(one.item.name, one.test.name): one.skip for one in make_plan(pack)}
    assert skips == {
        ("Alpha One", "Unit"): "",
        ("Alpha One", "Second"): "",
        ("Beta", "Unit"): "",
        ("Gamma", "Unit"): "the detection is experimental",
        ("Delta", ""): "it has no test",
        ("Learns", "Unit"): "",
        ("Old", "Unit"): "the baseline is deprecated",
    }
    assert make_plan(pack, ["Gamma"])[0].skip == ""


def test_shards_are_every_test_once(pack: Pack) -> None:
    parts = [one.number for part in range(1, 4) for one in make_plan(pack, (), (part, 3))]
    assert sorted(parts) == [one.number for one in make_plan(pack)]


def test_chains_need_their_detections_in_the_app(pack: Pack) -> None:
    assert [one.name for one in with_chains(pack, make_plan(pack, ["Gamma"]))] == ["Beta", "Gamma"]


@pytest.mark.parametrize(
    "changes",
    [{"search": '| savedsearch "SM - Beta - Rule"'}, {"search": "`whole`"}, {"tests": [unit(attack_data=DATA, macros={"audit": "| savedsearch x"})]}],
    ids=["search", "macro", "macro of the test"],
)  # fmt: skip
def test_a_saved_search_that_another_runs_is_in_the_app(tmp_path: Path, changes: dict[str, object]) -> None:
    """Truth: an app without the other search would let this one fail, or find nothing, for no fault of its own."""
    whole = (
        "name: whole\ndefinition: '| savedsearch \"SM - Beta - Rule\"'\ndescription: Whole.\n"
        if "`whole`" in str(changes)
        else None
    )
    pack = load_pack(
        write_pack(
            tmp_path / "pack",
            detection("Alpha", tests=None),
            baselines=[baseline("Learns", **{"tests": [unit(attack_data=DATA)], **changes})],
            files={"macros/whole.yml": whole} if whole else None,
        )
    )
    assert [one.name for one in with_chains(pack, make_plan(pack, ["Learns"]))] == ["Alpha"]
    assert with_chains(pack, ()) == (() if not whole else pack.detections)
