"""Files of every dialect become the records that `records.yml` says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.content.load import load_document
from generator.content.records import deprecation_entries, record

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("records.yml").read_text(encoding="utf-8"))


def dig(value: Any, path: str) -> Any:
    for step in re.findall(r"[^.\[\]]+", path):
        if step == "*":
            name = path.partition("[*].")[2]
            return [dig(item, name) for item in value]
        if isinstance(value, dict):
            value = value[step]
        elif step.isdigit():
            value = value[int(step)]
        else:
            value = getattr(value, step)
    return value


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_file_becomes_its_record(case: dict[str, Any]) -> None:
    document = load_document(case["path"], case["text"].encode()).document
    assert document is not None
    assert (document.kind.value, document.dialect.value) == (case["kind"], case["dialect"])
    made = record(document)
    for path, expected in case["expect"].items():
        got = dig(made, path)
        assert (list(got) if isinstance(got, tuple) else got) == expected, path


@pytest.mark.parametrize("path", ["removed/deprecation_mapping.YML", "removed/deprecation_mapping_two.yml"])
def test_deprecation_mapping_becomes_entries(path: str) -> None:
    text = (
        "stories:\n- {content: S, removed_in_version: 1.0.0, reason: r}\n"
        "detections:\n- content: D\n  removed_in_version: 2.0.0\n  reason: because\n  replacement_content: [E]\n- 5\n"
    )
    document = load_document(path, text.encode()).document
    assert document is not None
    entries = deprecation_entries(document)
    assert [(e.section, e.content, e.pointer) for e in entries] == [
        ("detections", "D", ("detections", 0)),
        ("stories", "S", ("stories", 0)),
    ]
    assert entries[0].deprecation.replacement_content == ("E",)


def test_file_that_tells_nothing_outside_of_a_content_folder_is_unknown() -> None:
    loaded = load_document("notes/x.yml", b"text: hello\n")
    assert [problem.kind for problem in loaded.problems] == ["unknown-content"]
