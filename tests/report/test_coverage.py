"""ATT&CK coverage: what counts, and that a stranger's names stay text in every form. Technique facts: ATT&CK 18.1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from generator.analysis.coverage import Level, coverage_of
from generator.cli.main import cli, run
from generator.content.load import load_document
from generator.content.model import Detection
from generator.knowledge.attack import builtin_attack
from generator.report.coverage.json import coverage_json
from generator.report.coverage.page import coverage_page
from generator.report.coverage.table import coverage_table

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e\x1b[31m"


def detection(name: str, techniques: list[str], status: str = "production", *, tested: bool = False) -> Detection:
    tests = "tests: [{name: a, test_type: unit, attack_data: []}]\n" if tested else ""
    text = f"name: {json.dumps(name)}\ncreation_date: '2026-01-01'\ntype: TTP\nsearch: a\nstatus: {status}\nmitre_attack_id: {techniques}\n{tests}"
    record = load_document(f"detections/endpoint/{abs(hash(name))}.yml", text.encode()).record
    assert isinstance(record, Detection)
    return record


def levels(*detections: Detection) -> dict[str, Level]:
    return {
        entry.technique.id: entry.level for entry in coverage_of(detections, builtin_attack()).techniques if entry.level
    }


def test_the_best_detection_counts_and_a_sub_technique_counts_for_its_technique() -> None:
    assert levels(detection("a", ["T1059.001"], "experimental")) == {"T1059": Level.EXPERIMENTAL}
    assert levels(detection("a", ["T1059.001"], "experimental"), detection("b", ["T1059"])) == {
        "T1059": Level.PRODUCTION
    }
    assert levels(detection("a", ["T1059"], tested=True), detection("b", ["T1059"])) == {"T1059": Level.TESTED}
    assert levels(detection("a", ["T1059"], "deprecated")) == {}
    assert levels(detection("a", ["T1059"], "experimental", tested=True)) == {"T1059": Level.EXPERIMENTAL}


def test_a_technique_of_several_tactics_stands_in_each_but_counts_once() -> None:
    found = coverage_of([detection("a", ["T1098.001"], tested=True)], builtin_attack())
    assert {tactic.tactic.name for tactic in found.tactics if tactic.covered} == {"Persistence", "Privilege Escalation"}
    assert (found.covered, found.tested) == (1, 1)
    assert all(tactic.sub_covered == 1 and tactic.detections == 1 for tactic in found.tactics if tactic.covered)


def test_what_is_not_in_the_matrix_is_told() -> None:
    found = coverage_of(
        [detection("a", []), detection("b", ["T1574.002"]), detection("c", ["T0000", "T1059"])], builtin_attack()
    )
    assert [item.name for item in found.unmapped] == ["a", "b"]
    assert [name for name, _ in found.unknown] == ["T0000", "T1574.002"]
    table = coverage_table(found)
    assert "2 detections have no technique" in table
    assert "T1574.002 is no technique of this version: 1 detection names it" in table
    assert json.loads(coverage_json(found))["unknown"] == {"T0000": ["c"], "T1574.002": ["b"]}


def test_a_narrow_table_leaves_out_the_bar_and_then_columns() -> None:
    found = coverage_of([detection("a", ["T1059"])], builtin_attack())
    wide = coverage_table(found).split("\n")
    assert wide == coverage_table(found, max_width=len(wide[0])).split("\n")
    for width, columns in (
        (80, "techniques  tested  sub-techniques  detections"),
        (60, "techniques  tested  sub-techniques"),
        (36, "techniques"),
        (40, "techniques  tested"),
    ):
        head, *rows = coverage_table(found, max_width=width).split("\n\n")[0].split("\n")
        assert head.removeprefix("tactic").strip() == columns
        assert all(len(line) <= width and "#" not in line for line in (head, *rows))


def test_the_table_is_plain_without_colour_and_lists_gaps() -> None:
    found = coverage_of([detection("a", ["T1059"])], builtin_attack())
    plain = coverage_table(found, gaps=True)
    assert "\x1b" not in plain
    assert "Execution: nothing covers" in plain
    assert "  T1059  " not in plain
    assert "\x1b[32m" in coverage_table(found, color=True)


def test_a_hostile_name_stays_text_in_the_page() -> None:
    found = coverage_of([detection(HOSTILE, ["T1059"]), detection(HOSTILE + "2", [])], builtin_attack())
    page = coverage_page(found, HOSTILE).decode()
    assert "<img" not in page
    assert page.count("</script>") == 1
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "default-src 'none'" in page
    assert "src=" not in page.replace("img src=x", "")


def test_the_table_of_the_configuration_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "contentpack.yml").write_text("app: {id: acme}\nattack: attack.json\n", encoding="utf-8")
    assert run(cli, ["coverage", "--repo", str(tmp_path)], "contentpack") == 0
    assert "the pack has no such file; the built-in table is used" in capsys.readouterr().err


@pytest.mark.parametrize("format_name", ["table", "json", "navigator", "html"])
def test_the_command(root: Path, tmp_path: Path, format_name: str) -> None:
    out = tmp_path / "out"
    assert run(cli, ["coverage", "--repo", str(root), "--format", format_name, "--out", str(out)], "contentpack") == 0
    text = out.read_text(encoding="utf-8")
    if format_name in ("json", "navigator"):
        assert json.loads(text)["techniques"]
    else:
        assert "Persistence" in text
