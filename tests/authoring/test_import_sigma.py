"""Sigma rules become detections. What a rule's parts mean is that of the Sigma specification 2.0; the rules here are ours."""

from __future__ import annotations

import datetime
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.authoring.importing.sigma import LEVELS, RuleFile, import_sigma
from generator.base.files import write_files
from generator.cli.main import cli, run
from generator.rules.run import validate

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 2, 3)
RULE = r"""
title: Acme Tool Started From a Temporary Folder
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a10
status: stable
level: LEVEL
author: Ada
date: 2024-05-01
modified: 2024-06-01
description: Finds the tool.
references: [https://example.com/x, "Book, page 3"]
logsource: {product: windows, category: process_creation}
tags: [attack.execution, attack.t1059.001, attack.t1059, cve.2021-44228]
falsepositives: [Admins, Installers]
detection:
  sel: {Image|endswith: '\acme.exe'}
  other: {EventID: 1}
  condition: sel or other
"""


def made(text: str, *, data_model: bool = False) -> tuple[dict[str, Any], str, dict[str, bytes]]:
    imported = import_sigma([RuleFile("rules/a.yml", text)], today=TODAY, data_model=data_model)
    paths = [path for path in imported.files if path.startswith("detections/")]
    first = yaml.safe_load(imported.files[paths[0]]) if paths else {}
    return first, "\n".join(imported.notes), dict(imported.files)


@pytest.mark.parametrize("level", LEVELS)
def test_level_becomes_type_and_score(level: str) -> None:
    kind, score = LEVELS[level]
    found, told, _ = made(RULE.replace("LEVEL", level))
    assert told == ""
    assert found["type"] == kind
    entity = {"field": "host", "type": "system", "score": score}
    title = "Acme Tool Started From a Temporary Folder on $host$"
    assert found.get("finding") == ({"title": title, "entity": entity} if kind == "TTP" else None)
    wanted = {"entities": [{**entity, "message": title}]} if kind == "Anomaly" else None
    assert found.get("intermediate_findings") == wanted


def test_the_words_of_the_rule_stay_and_nothing_is_claimed() -> None:
    found, _, files = made(RULE.replace("LEVEL", "high"))
    assert found["status"] == "experimental", "no rule brings events that prove it"
    assert "tests" not in found
    assert found["id"] == "5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a10"
    assert (found["creation_date"], found["modification_date"]) == ("2024-05-01", "2024-06-01")
    assert found["references"] == ["https://example.com/x"]
    assert "Book, page 3" in found["description"]
    assert found["known_false_positives"] == "Admins; Installers"
    assert found["mitre_attack_id"] == ["T1059.001"]
    assert found["cve"] == ["CVE-2021-44228"]
    assert found["search"] == (
        '`sigma_windows_process_creation` (Image="*\\\\acme.exe" OR EventCode=1) '
        "| `acme_tool_started_from_a_temporary_folder_filter`"
    )
    macro = yaml.safe_load(files["macros/sigma_windows_process_creation.yml"])
    assert macro["definition"].endswith(") EventCode=1")
    assert "status stable" in files["detections/endpoint/acme_tool_started_from_a_temporary_folder.yml"].decode()


def test_a_data_model_search_where_pysigma_knows_one() -> None:
    text = RULE.replace("LEVEL", "high").replace("  other: {EventID: 1}\n", "").replace("sel or other", "sel")
    found, told, files = made(text, data_model=True)
    assert found["search"].startswith("| tstats")
    assert "datamodel=Endpoint.Processes" in found["search"]
    assert found["finding"]["entity"]["field"] == "dest"
    assert not any(path.startswith("macros/") for path in files)
    assert told == ""
    fallen, told, _ = made(text.replace("process_creation", "pipe_created"), data_model=True)
    assert fallen["search"].startswith("`sigma_windows_pipe_created`")
    assert "it searches events" in told


def test_an_unknown_log_source_is_told() -> None:
    _, told, files = made(RULE.replace("LEVEL", "low").replace("windows, category: process_creation", "acmebox"))
    assert yaml.safe_load(files["macros/sigma_acmebox.yml"])["definition"] == "index=*"
    assert "it searches all indexes: `sigma_acmebox`" in told


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("title: [", "cannot be read"),
        ("just text", "cannot be read"),
        (RULE.replace("LEVEL", "high").replace("sel or other", "nobody"), "pySigma cannot write its search"),
        (RULE.replace("level: LEVEL\n", ""), "`medium` is taken"),
    ],
)
def test_what_cannot_be_imported_is_told(text: str, word: str) -> None:
    assert word in made(text)[1]


def test_a_file_that_is_no_yaml_is_told_with_its_place() -> None:
    imported = import_sigma([RuleFile("rules/a.yml", "title: x\nlevel: [")], today=TODAY)
    assert "rules/a.yml:2:9" in "\n".join(imported.notes)
    assert imported.refused == 1


CORRELATION = """
title: Acme Many
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a11
correlation: {type: event_count, rules: [acme_rule], group-by: [user], timespan: 1h, condition: {gte: 5}}
"""


def test_a_correlation_rule_is_refused_and_told() -> None:
    rule = RULE.replace("LEVEL", "high") + "name: acme_rule\n"
    imported = import_sigma([RuleFile("a.yml", f"{rule}---{CORRELATION}")], today=TODAY)
    assert imported.refused == 1
    assert "a correlation rule or a filter is not imported: write it as a search" in "\n".join(imported.notes)


SHAPES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.dates()
    | st.text(max_size=5)
    | st.sampled_from(["sel", "high", "t1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(yaml.safe_load(RULE))) | st.just("fields"), SHAPES)
def test_a_value_of_any_shape_is_imported_or_refused(key: str, value: object) -> None:
    rule = {**yaml.safe_load(RULE.replace("LEVEL", "high")), key: value}
    imported = import_sigma([RuleFile("a.yml", yaml.safe_dump(rule, allow_unicode=True))], today=TODAY)
    assert imported.refused == (not any(path.startswith("detections/") for path in imported.files))


@given(st.text(max_size=60))
def test_no_text_ends_an_import(text: str) -> None:
    import_sigma([RuleFile("a.yml", text)], today=TODAY)


def test_the_files_are_a_valid_pack(tmp_path: Path) -> None:
    rules = [
        RuleFile(f"{level}.yml", RULE.replace("LEVEL", level).replace("Acme", level.title()).replace("2a10", f"2a1{n}"))
        for n, level in enumerate(LEVELS)
    ]
    write_files(tmp_path, import_sigma(rules, today=TODAY).files)
    found = validate(tmp_path, today=TODAY).diagnostics
    assert [(d.code, d.message) for d in found if d.severity.label == "error"] == []


def test_without_the_extra_the_command_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RULE, encoding="utf-8")
    script = (
        "import sys; sys.modules['sigma'] = None; from generator.cli.main import cli, run; "
        f"sys.exit(run(cli, ['import', {str(tmp_path / 'a.yml')!r}, '--repo', {str(tmp_path / 'pack')!r}], 'contentpack'))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    # pyproject.toml lists more for `dev`, which must not be named.
    assert done.stderr.startswith(
        "error: Sigma rules need the extra `sigma`: pip install 'pysigma-backend-splunk>=2' 'pysigma>=1'\n"
    )


def test_a_correlation_rule_makes_the_command_exit_with_1(tmp_path: Path) -> None:
    rule = RULE.replace("LEVEL", "high") + "name: acme_rule\n"
    (tmp_path / "a.yml").write_text(f"{rule}---{CORRELATION}", encoding="utf-8")
    assert run(cli, ["import", str(tmp_path / "a.yml"), "--repo", str(tmp_path / "pack")], "contentpack") == 1
