"""`contentpack pr` on fourteen pull requests as GitHub Actions runs it: the right set, and reports in GitHub's limits."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pullrequests import CALLERS

from generator.ci import exchange
from generator.cli.main import cli, run

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Actions

DETECTIONS = {f"Acme Tool {number:02}" for number in range(1, CALLERS + 3)}
CALLING = {f"Acme Tool {number:02}" for number in range(1, CALLERS + 1)}
LOOKING = DETECTIONS - CALLING

SETS: dict[str, tuple[set[str], set[str], int]] = {
    "typo": ({"Acme Tool 01"}, {"Acme Tool 01"}, 1),
    "macro": ({"acme_process"} | CALLING, CALLING, 0),
    "lookup": ({"acme_tools"} | LOOKING, LOOKING, 0),
    "rename": ({"Acme Other Tool", "Acme Tools"}, {"Acme Other Tool"}, 0),
    "deletion": ({"Acme Tools"}, set(), 0),
    "data": ({"Acme Tool 04"}, {"Acme Tool 04"}, 0),
    "flood": (CALLING, CALLING, 1),
    "idle": (set(), set(), 0),
    "version": ({"Acme Tool 09"}, {"Acme Tool 09"}, 1),
    "schedule": ({"Default EventBasedDetection"} | DETECTIONS, DETECTIONS, 0),
    "source": ({"Acme Process Events"} | DETECTIONS, DETECTIONS, 0),
    "story": ({"Acme Network"} | LOOKING, set(), 0),
}
"""Branch -> what it touches, whose tests run, the exit code."""


@pytest.mark.parametrize("branch", SETS)
def test_a_pull_request_touches_the_right_set(branch: str, actions: Actions) -> None:
    touched, tested, code = SETS[branch]
    ran = actions.run(branch)
    assert (ran.touched(), ran.tested(), ran.code) == (touched, tested, code), ran.err
    assert ran.report["everything"] == ""
    assert "first parent of the merge commit" in ran.report["basis"]["said"]


def test_settings_touch_everything(actions: Actions) -> None:
    ran = actions.run("settings")
    assert ran.touched() >= DETECTIONS
    assert ran.tested() == DETECTIONS
    assert ran.report["everything"] == "the settings in contentpack.yml changed"


def test_a_typo_is_found_on_its_line_and_the_test_says_so(actions: Actions) -> None:
    ran = actions.run("typo")
    (finding,) = (each for each in ran.report["findings"] if each["code"])
    assert (finding["code"], finding["nearness"], finding["span"]["line"]) == ("SPL003", 0, 11)
    assert ran.annotations[0].startswith("::error file=detections/endpoint/acme_tool_01.yml,line=11,col=53")
    assert "test error" in ran.annotations[1]
    assert "unknown command `stast`" in ran.summary
    assert "failed<<" in ran.outputs


def test_a_version_that_was_not_raised_is_found(actions: Actions) -> None:
    ran = actions.run("version")
    assert ran.codes() == {"DET013"}
    assert [lag["name"] for lag in ran.report["diff"]["lags"]] == ["Acme Tool 09"]


def test_what_changes_in_splunk(actions: Actions) -> None:
    diff = json.loads(actions.run("rename").read("diff.json"))
    changed = {(each["what"], each["old_name"], each["name"]) for each in diff["stanzas"]}
    assert ("renamed", "ACME - Acme Tool 02 - Rule", "ACME - Acme Other Tool - Rule") in changed
    assert ("renamed", "acme_tool_02_filter", "acme_other_tool_filter") in changed
    assert diff["app"]["bump"] == "major"


def test_a_deletion_loses_coverage(actions: Actions) -> None:
    diff = json.loads(actions.run("deletion").read("diff.json"))
    assert diff["coverage"] == {"gained": {}, "lost": {"T1049": "System Network Connections Discovery"}}
    assert diff["workload"]["all"]["before"]["searches"] == len(DETECTIONS)
    assert diff["workload"]["all"]["after"]["searches"] == len(DETECTIONS) - 1


def test_rows_of_a_lookup(actions: Actions) -> None:
    (table,) = json.loads(actions.run("lookup").read("diff.json"))["tables"]
    assert (table["name"], table["added_count"], table["removed_count"]) == ("acme_tools", 2, 1)
    assert table["removed"] == [["tool14.exe", "low"]]


def test_a_change_that_does_not_matter_changes_nothing_in_splunk(actions: Actions) -> None:
    ran = actions.run("idle")
    diff = json.loads(ran.read("diff.json"))
    assert (diff["stanzas"], diff["tables"], diff["files"]) == ([], [], [])
    assert "nothing changes in Splunk" in ran.out
    assert (ran.folder / "app" / "acme_pack-1.0.0.tar.gz").is_file()


def test_annotations_stay_in_the_limits_with_changed_lines_first(actions: Actions) -> None:
    ran = actions.run("flood")
    kinds = Counter(line.split(" ", 1)[0].lstrip(":") for line in ran.annotations)
    assert kinds["error"] == 10
    assert all(count <= 10 for count in kinds.values())
    assert sum(kinds.values()) <= 50
    shown = [line for line in ran.annotations if line.startswith("::error")]
    assert all("line=11," in line for line in shown), "findings on changed lines come first"
    hidden = len(ran.report["findings"]) - 10
    assert ran.annotations[-1] == f"::notice title=contentpack::{hidden} more findings in the job's summary"
    assert sum(each["code"] == "SPL004" for each in ran.report["findings"]) == 300


def test_the_summary_has_everything_in_its_limit(actions: Actions) -> None:
    ran = actions.run("flood")
    assert ran.summary == ran.read("summary.md")
    assert ran.summary.count("`SPL004 unknown-function`") == 300
    assert len(ran.summary.encode()) <= 1024 * 1024
    assert "https://github.com/acme/detections/blob/" in ran.summary
    assert len(ran.read("comment.md")) <= 65_536
    assert ran.read("comment.md").startswith("<!-- contentpack: pull request -->\n")


def test_a_shallow_clone_without_the_base_means_all_and_says_so(actions: Actions) -> None:
    ran = actions.run("typo", depth=1)
    assert ran.report["everything"] == "there is nothing to compare with"
    assert "no base" in ran.report["basis"]["said"]
    assert "fetch more history" in ran.report["basis"]["said"]
    assert ran.tested() == DETECTIONS
    assert "no base" in ran.summary
    assert ran.report["diff"] is None


def test_a_merge_queue(actions: Actions) -> None:
    work = actions.checkout("macro", depth=50)
    actions.event({"merge_group": {"base_sha": actions.repository.git("rev-parse", "main")}}, "merge_group")
    ran = actions.contentpack(work)
    assert ran.touched() == {"acme_process"} | CALLING
    assert "merge queue" in ran.report["basis"]["said"]


def test_a_push(actions: Actions) -> None:
    work = actions.checkout("lookup", depth=50)
    actions.event({"before": actions.repository.git("rev-parse", "main"), "ref": "refs/heads/main"}, "push")
    ran = actions.contentpack(work)
    assert ran.touched() == {"acme_tools"} | LOOKING


def test_a_new_branch_has_no_base(actions: Actions) -> None:
    work = actions.checkout("lookup", depth=50)
    actions.event({"before": "0" * 40, "ref": "refs/heads/new"}, "push")
    ran = actions.contentpack(work)
    assert ran.report["basis"]["said"] == "no base: `push` has none to compare with"
    assert ran.tested() == DETECTIONS


def test_gitlab(actions: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    work = actions.checkout("data", depth=50)
    actions.event({})
    for name in ("GITHUB_ACTIONS", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", actions.repository.git("rev-parse", "main"))
    ran = actions.contentpack(work)
    assert ran.touched() == {"Acme Tool 04"}
    assert not ran.annotations


def test_shards_join_to_the_whole(actions: Actions) -> None:
    whole = actions.run("macro")
    work = actions.tmp / "work"
    for part in ("1/3", "2/3", "3/3"):
        ran = actions.contentpack(work, "--shard", part)
        assert ran.code == 0
        for file in ran.folder.iterdir():
            (actions.tmp / "parts").mkdir(exist_ok=True)
            file.rename(actions.tmp / "parts" / file.name)
    names = {file.name for file in (actions.tmp / "parts").iterdir()}
    assert names == {f"tests-{n}-of-3.json" for n in (1, 2, 3)} | {f"junit-{n}.xml" for n in (1, 2, 3)}
    joined = actions.contentpack(work, "--results", str(actions.tmp / "parts"))
    assert joined.tested() == whole.tested()
    assert joined.code == whole.code
    assert re.search(r'tests="12" failures="0"', joined.read("junit.xml"))
    (actions.tmp / "parts" / "tests-2-of-3.json").unlink()
    lacking = actions.contentpack(work, "--results", str(actions.tmp / "parts"))
    assert lacking.code == 2
    assert "lacks part 2 of 3" in lacking.err


def test_forged_results_are_refused(actions: Actions) -> None:
    actions.run("macro")
    parts = actions.tmp / "parts"
    parts.mkdir()
    for text in ("[]", "{", '{"tests": [{"detection": 1}]}', '{"tests": [], "surprise": 1}', '{"tests": [["x"]]}'):
        (parts / "tests-1-of-1.json").write_text(text)
        ran = actions.contentpack(actions.tmp / "work", "--results", str(parts))
        assert ran.code == 2, text
        assert "error:" in ran.err


@pytest.mark.parametrize("branch", ["macro", "flood", "hostile", "idle"])
def test_the_comment_from_the_report_is_the_comment(
    branch: str, actions: Actions, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = actions.run(branch)
    assert run(cli, ("comment", str(ran.folder / "report.json")), "contentpack") == 0
    assert capsys.readouterr().out == ran.read("comment.md")


@pytest.mark.parametrize(
    "text", ["", "null", "[]", '{"basis": 1}', '{"basis": {"commit": null, "said": "x"}, "out": "/etc"}']
)
def test_a_forged_report_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    file.write_text(text)
    assert run(cli, ("comment", str(file)), "contentpack") == 2
    assert "error:" in capsys.readouterr().err


def test_a_report_that_is_too_large_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_BYTES", 1024 * 1024)
    file = tmp_path / "report.json"
    file.write_bytes(b" " * (1024 * 1024 + 1))
    assert run(cli, ("comment", str(file)), "contentpack") == 2
    assert "report.json: the file has more than 1 MiB" in capsys.readouterr().err
