"""The API JSON and the ATT&CK Navigator layer. Truth: the reference notes on the older tool's outputs."""

from __future__ import annotations

import json
from typing import Any

from records_for_rendering import SeventyEight, deployment, detection, lookup, macro, pack, story

from generator.content.config import DocsConfig
from generator.content.model import ConfStyle, Dialect, Pack
from generator.render import RenderInputs, render_api, render_navigator

DATA = {"lookups/fishes.csv": b"a\n1\n"}


def api(made: Pack, **options: Any) -> dict[str, Any]:
    files = render_api(made, RenderInputs({}, DATA), **options)
    return {name.removesuffix("_v2.json"): json.loads(data) for name, data in files.items()}


def test_every_kind_has_its_file() -> None:
    found = api(pack())
    assert sorted(found) == [
        "baselines",
        "deployments",
        "detections",
        "lookups",
        "macros",
        "response_tasks",
        "stories",
        "version",
    ]
    assert found["version"] == {"version": {"name": "v1.2.3", "published_at": None}}


def test_a_detection_with_what_it_uses() -> None:
    made = detection(search="`pond(3)` ```a `comment` here``` | lookup local=true fishes a | `grey_heron_filter`")
    found = api(pack(detections=(made,), macros=(macro(arguments=("n",)),), lookups=(lookup(),)))["detections"]
    shown = found["detections"][0]
    assert shown["date"] == "2024-02-29"
    assert shown["source"] == "endpoint"
    assert shown["nes_fields"] == "user,dest"
    assert shown["risk_severity"] == "high"
    assert shown["rba"]["risk_objects"] == [
        {"risk_object_field": "dest", "risk_object_type": "system", "risk_score": 64}
    ]
    assert [entry["name"] for entry in shown["macros"]] == ["grey_heron_filter", "pond"]
    assert shown["macros"][1]["arguments"] == ["n"]
    assert [entry["name"] for entry in shown["lookups"]] == ["fishes"]


def test_deployments_with_email_are_written_too() -> None:
    made = pack(deployments=(deployment(email={"to": "a"}, notable={"nes_fields": ["a "]}, rba_enabled=True),))
    shown = api(made)["deployments"]["deployments"][0]
    assert shown["email"] == {"to": "a"}
    assert shown["notable"]["nes_fields"] == ["a"]
    assert shown["rba"] == {"enabled": "true"}
    assert shown["scheduling"]["cron_schedule"] == "7 * * * *"


def test_stories_know_their_detections() -> None:
    shown = api(pack(detections=(detection(search="datamodel=Web"),), stories=(story(),)))["stories"]["stories"][0]
    assert shown["detection_names"] == ["HERON - Grey Heron - Rule"]
    assert shown["tags"]["datamodels"] == ["Web"]
    assert shown["author_company"] == "Heronry, Ltd."


def test_kill_chain_phases_in_the_native_style() -> None:
    made = pack(ConfStyle.V6, detections=(detection(dialect=Dialect.NATIVE),))
    shown = api(made, attack=SeventyEight())["detections"]["detections"][0]
    assert shown["tags"]["kill_chain_phases"] == ["Delivery", "Installation"]
    assert api(made, skip=frozenset({made.detections[0].path}))["detections"]["detections"] == []


def test_the_layer_counts_detections_by_technique() -> None:
    made = pack(
        detections=(detection(), detection("Night Heron", mitre_attack_id=("T1110", "T1078", "T1078"))),
        settings={"docs": DocsConfig(site_url="https://herons.example/")},
    )
    layer = json.loads(render_navigator(made, attack_version="18.1"))
    assert layer["versions"]["attack"] == "18.1"
    assert [(entry["techniqueID"], entry["score"]) for entry in layer["techniques"]] == [("T1078", 2), ("T1110", 1)]
    assert layer["techniques"][1]["metadata"] == [{"name": "TTP", "value": "Night Heron"}]
    assert layer["techniques"][1]["links"][0]["url"].startswith("https://herons.example/detections/")
