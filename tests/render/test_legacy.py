"""What `legacy` of native content does to an app in the older conf styles, and that the newest one ignores it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.content.config import AppConfig, Config
from generator.content.load import Listing, assemble, load_document
from generator.content.model import ConfStyle
from generator.knowledge.attack import builtin_attack
from generator.knowledge.conf import parse_conf
from generator.render import RenderInputs, render_app

DETECTION = """\
name: Acme
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a10
version: 1
creation_date: '2026-01-05'
modification_date: '2026-01-05'
author: Ada
status: experimental
type: TTP
description: A text.
data_source: []
search: '`acme` | `acme_filter`'
how_to_implement: Collect it.
known_false_positives: None known.
analytic_story: [Acme]
asset_type: Endpoint
category: endpoint
security_domain: endpoint
product: [Splunk Enterprise, Splunk Enterprise Security, Splunk Cloud]
mitre_attack_id: [T1110.003]
finding:
  title: Seen ($dest$)
  entity: {field: dest, type: system, score: 40}
legacy:
  confidence: 80
  impact: 50
  message: Seen
  mitre_attack_id: [T1110.003, T1110]
"""
BASELINE = """\
name: Acme Base
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a11
version: 1
creation_date: '2026-01-05'
modification_date: '2026-01-05'
author: Ada
status: production
description: A text.
search: '| makeresults'
how_to_implement: Collect it.
known_false_positives: None known.
security_domain: endpoint
product: [Splunk Enterprise, Splunk Enterprise Security, Splunk Cloud]
legacy: {analytic_story: [Acme], datamodel: [Change]}
"""


def searches(style: ConfStyle) -> dict[str, dict[str, str]]:
    files = {"detections/endpoint/acme.yml": DETECTION, "baselines/acme_base.yml": BASELINE}
    loaded = [load_document(path, text.encode()) for path, text in files.items()]
    config = Config(app=AppConfig(id="acme", prefix="ACME", label="ACME"), conf_style=style)
    pack = replace(assemble(Path("/nowhere"), loaded, Listing(tuple(files), {}), config=config), config=config)
    tree = render_app(pack, RenderInputs(), attack=builtin_attack())
    conf = parse_conf(tree.text("default/savedsearches.conf"), "savedsearches.conf").values()
    return {name: dict(values) for name, values in conf.items()}


def annotations(values: dict[str, str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(values["action.correlationsearch.annotations"])
    return loaded


def test_contentctl_4_says_all_of_it() -> None:
    found = searches(ConfStyle.V4)
    rule, base = found["ACME - Acme - Rule"], found["ACME - Acme Base"]
    said = annotations(rule)
    assert (said["confidence"], said["impact"], said["mitre_attack"]) == (80, 50, ["T1110.003", "T1110"])
    assert rule["action.risk.param._risk_message"] == "Seen"
    assert json.loads(base["action.escu.analytic_story"]) == ["Acme"]
    assert json.loads(base["action.escu.data_models"]) == ["Change"]


def test_contentctl_5_has_no_confidence() -> None:
    said = annotations(searches(ConfStyle.V5)["ACME - Acme - Rule"])
    assert "confidence" not in said
    assert said["mitre_attack"] == ["T1110.003", "T1110"]


def test_the_newest_style_ignores_it() -> None:
    rule = searches(ConfStyle.V6)["ACME - Acme - Rule"]
    assert annotations(rule)["mitre_attack"] == ["T1110.003"]
    assert rule["action.notable.param.rule_title"] == "Seen ($dest$)"


@pytest.mark.parametrize("text", ["legacy: {confidence: 101}", "legacy: {other: 1}", "legacy: []"])
def test_what_it_may_say_is_checked(text: str) -> None:
    from generator.content import schema

    head = DETECTION.partition("legacy:")[0]
    document = load_document("detections/endpoint/acme.yml", f"{head}{text}\n".encode()).document
    assert document is not None
    assert [problem.pointer[0] for problem in schema.problems(document)] == ["legacy"]
