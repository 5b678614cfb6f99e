"""`contentpack diff`: stanzas key by key, searches aligned, rows, schedules, versions; what it reads and leaves alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from pullrequests import BRANCHES, HOSTILE, Repository, base_files, change

from generator.base.apptree import AppTree
from generator.base.diagnostics import RepositoryError
from generator.ci import diff_text
from generator.ci.aligned import MAX_LINES, Pair, aligned, changed_words
from generator.ci.appdiff import diff, diff_revisions, sides_of_change
from generator.ci.checkout import write_commit
from generator.ci.diffmodel import AppDiff, Bump, KeyChange, What
from generator.ci.stanzas import compare, conf_files, key_changes
from generator.ci.tables import compare_tables
from generator.ci.workload import workload
from generator.cli.main import cli, run
from generator.commands import load_commands
from generator.rules.run import validate

if TYPE_CHECKING:
    from pathlib import Path

DASHBOARD = """\
name: Acme Board
id: 0a4f1a34-6f0c-4f4e-9d2a-3f8a5a6b1c01
version: 1
creation_date: '2026-01-05'
modification_date: '2026-01-05'
author: Acme
description: A board whose file is no JSON.
"""


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "pack")
    repository.folder.mkdir()
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.write(dict(base_files()))
    repository.commit("base")
    return repository


def worktree(repository: Repository) -> AppDiff:
    return diff_revisions(repository.folder, repository.git("rev-parse", "HEAD"), None, ("HEAD", "worktree"))


def stanzas(
    before: str, after: str, file: str = "default/savedsearches.conf"
) -> list[tuple[str, str, tuple[KeyChange, ...]]]:
    sides = [conf_files(AppTree("a", "1", {file: text.encode()})) for text in (before, after)]
    return [(each.what.value, each.name, each.keys) for each in compare(sides[0], sides[1], ({}, {}))]


def test_only_changed_keys() -> None:
    before = "[a]\nsearch = x\ncron_schedule = 1 * * * *\nsame = 1\n[b]\nk = v\n"
    after = "[a]\nsearch = x\ncron_schedule = 2 * * * *\nsame = 1\nnew = 1\n[c]\nk = w\n"
    assert stanzas(before, after) == [
        ("changed", "a", (KeyChange("cron_schedule", "1 * * * *", "2 * * * *"), KeyChange("new", None, "1"))),
        ("gone", "b", (KeyChange("k", "v", None),)),
        ("new", "c", (KeyChange("k", None, "w"),)),
    ]


def test_order_comments_and_layout_are_no_change() -> None:
    assert stanzas("# a\n[a]\nx = 1\ny = 2\n[b]\nz=3", "[b]\nz = 3\n\n[a]\ny = 2\nx = 1\n") == []


def test_a_stanza_that_says_the_same_under_another_name_is_renamed() -> None:
    assert [each[:2] for each in stanzas("[a]\nx = 1\ny = 2\n", "[b]\nx = 1\ny = 2\n")] == [("renamed", "b")]
    assert [each[:2] for each in stanzas("[a]\nx = 1\n[a2]\nx = 1\n", "[b]\nx = 1\n")] == [
        ("gone", "a"),
        ("gone", "a2"),
        ("new", "b"),
    ]


def test_risk_is_compared_object_by_object() -> None:
    old = '[{"risk_object_field": "user", "risk_score": 25}, {"threat_object_field": "process"}]'
    new = '[{"threat_object_field": "process"}, {"risk_object_field": "user", "risk_score": 64}]'
    assert list(key_changes("_risk", old, new)) == [KeyChange("_risk.user.risk_score", "25", "64")]


def test_lists_in_json_show_what_came_and_went() -> None:
    assert list(key_changes("k", '{"mitre": ["T1", "T2"]}', '{"mitre": ["T2", "T3"], "x": null}')) == [
        KeyChange("k.mitre", "T1", "T3")
    ]


@pytest.mark.parametrize("text", ["{", "[1", "[" * 100_000, '{"a": NaN}'])
def test_broken_json_is_compared_as_text(text: str) -> None:
    assert list(key_changes("k", text, "{}"))[-1].after in {"{}", None}


def test_searches_are_aligned_after_formatting() -> None:
    commands = load_commands()
    assert aligned("index=a | stats count by x", "index=a\n|   stats count   by x", commands) == ()
    assert aligned("index=a | stats count by x", "index=a | stats count by y | head 1", commands) == (
        Pair("index=a", "index=a"),
        Pair("| stats count by x", "| stats count by y"),
        Pair(None, "| head 1"),
    )


def test_searches_with_errors_stand_by_stage() -> None:
    pairs = aligned("index=a | stats count by x", "index=a | stats count( by x", load_commands())
    assert pairs == (Pair("index=a", "index=a"), Pair("| stats count by x", "| stats count( by x"))


def test_very_long_texts_are_not_aligned() -> None:
    text = "\n".join(f"x{number}" for number in range(MAX_LINES + 1)) * 20
    assert len(aligned(text, f"{text}!", load_commands())) > MAX_LINES


def test_the_words_that_differ() -> None:
    assert changed_words("a b c", "a x c") == ((2, 3), (2, 3))
    assert changed_words("aa", "aaa") == ((2, 2), (2, 3))
    assert changed_words("", "x") == ((0, 0), (0, 1))


def test_rows_of_tables() -> None:
    found = compare_tables("t", "t.csv", b"a,b\n1,2\n1,2\n3,4\n", b"a,b\r\n3,4\r\n1,2\r\n5,6\r\n")
    assert found is not None
    assert (found.added, found.removed) == ((("5", "6"),), (("1", "2"),))
    assert compare_tables("t", "t.csv", b"a,b\n1,2\n", b"\xef\xbb\xbfa,b\r\n1,2\r\n") is None


def test_a_new_column_is_no_new_row() -> None:
    found = compare_tables("t", "t.csv", b"a,b\n1,2\n", b"a,c,b\n1,x,2\n7,y,8\n")
    assert found is not None
    assert (found.columns_after, found.added, found.removed_count) == (("a", "c", "b"), (("7", "8"),), 0)


@pytest.mark.parametrize("data", [b"\xff\xfe", b'a\n"open'])
def test_a_file_that_is_no_csv(data: bytes) -> None:
    found = compare_tables("t", "t.csv", b"a\n1\n", data)
    assert found is not None
    assert (found.added, found.what) == ((), What.CHANGED)


def search(cron: str, earliest: str = "-70m@m", latest: str = "-10m@m", disabled: str = "1") -> dict[str, str]:
    return {
        "cron_schedule": cron,
        "dispatch.earliest_time": earliest,
        "dispatch.latest_time": latest,
        "disabled": disabled,
    }


def test_workload() -> None:
    found = workload(
        {"a": search("0 * * * *"), "b": search("0 0 * * *", "-24h@h", "@h"), "c": search("0 0 * * 1", "0", "now")}
    )
    # 24 runs of an hour, one of 24 hours, one in seven days over all time.
    assert (found.searches, found.hours, found.unbounded) == (3, 48.0, 1)
    assert found.runs == pytest.approx(25.14, abs=0.01)
    assert (found.peak, found.peak_at, found.peaks) == (3, "Monday 00:00", 1)
    assert workload({"a": search("0 * * * *")}, enabled_only=True).searches == 0
    assert workload({"a": search("broken"), "b": {"search": "x"}}).peak == 0


def test_what_a_change_switches_on(made: Repository) -> None:
    change(
        made,
        "detections/endpoint/acme_tool_01.yml",
        ("status: production", "status: production\nenabled_by_default: true"),
    )
    found = worktree(made)
    (stanza,) = (each for each in found.stanzas if each.group == "search")
    assert stanza.enabled is True
    assert found.enabled_workload[1].searches == 1
    assert found.bump is Bump.MINOR
    assert "(switched on)" in diff_text.render(found, load_commands())


def test_a_lookup_that_is_renamed_by_its_date_keeps_its_rows(made: Repository) -> None:
    change(made, "lookups/acme_tools.yml", ("modification_date: '2026-01-05'", "modification_date: '2026-02-05'"))
    found = worktree(made)
    assert not [table for table in found.tables if table.name == "acme_tools"]


def test_the_same_changes_are_told_once(made: Repository) -> None:
    change(made, "schedules/default_eventbaseddetection.yml", ("-70m@m", "-130m@m"))
    text = diff_text.render(worktree(made), load_commands())
    assert text.count("dispatch.earliest_time: -70m@m -> -130m@m") == 1
    assert "14 searches in the same way" in text


def test_no_color_in_pipes_and_color_on_terminals(made: Repository) -> None:
    change(made, "macros/acme_process.yml", ("action=started", "action=begun"))
    found = worktree(made)
    assert "\x1b" not in diff_text.render(found, load_commands())
    assert "\x1b[32m" in diff_text.render(found, load_commands(), color=True)


def test_the_worktree_is_not_touched_and_no_link_followed(made: Repository, tmp_path: Path) -> None:
    (made.folder / "lookups" / "link.csv").symlink_to("/etc/passwd")
    made.write({"lookups/a..csv": "a\n", ".hidden/x.yml": "a: 1\n", "attack_data/big.log": "x"})
    commit = made.commit("links")
    out = tmp_path / "out"
    out.mkdir()
    left_out = write_commit(made.folder, commit, out)
    assert left_out == ("lookups/link.csv",)
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert "lookups/a..csv" in names
    assert not any(name.startswith((".hidden", "attack_data")) for name in names)
    assert made.git("status", "--porcelain") == ""


def test_known_files_are_stand_ins(made: Repository, tmp_path: Path) -> None:
    write_commit(made.folder, made.git("rev-parse", "HEAD"), tmp_path, {"contentpack.yml"})
    assert (tmp_path / "contentpack.yml").read_bytes() == b""
    assert (tmp_path / "macros" / "acme_process.yml").read_bytes()


def test_a_first_commit_without_a_pack(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "pack")
    repository.folder.mkdir()
    repository.git("init", "--quiet")
    repository.write({"README.md": "x\n"})
    first = repository.commit("first")
    with pytest.raises(RepositoryError, match="no content pack"):
        diff_revisions(repository.folder, first, None, ("first", "worktree"))
    repository.write(dict(base_files()))
    found = diff_revisions(repository.folder, first, None, ("first", "worktree"))
    assert {each.what for each in found.stanzas} == {What.NEW}
    assert len([each for each in found.stanzas if each.group == "search"]) == 15  # and the default stanza


def test_content_that_cannot_be_rendered_is_told(made: Repository) -> None:
    made.write({"dashboards/acme_board.yml": DASHBOARD, "dashboards/acme_board.json": "{"})
    made.commit("board")
    change(made, "macros/acme_process.yml", ("action=started", "action=begun"))
    found = worktree(made)
    assert found.bump is Bump.MINOR
    assert [note.split(" and is left out")[0] for note in found.notes] == [
        f"{side}: dashboards/acme_board.yml cannot be rendered" for side in ("HEAD", "worktree")
    ]


@pytest.mark.parametrize("format_name", ["text", "markdown", "json", "html"])
def test_the_command(made: Repository, capsys: pytest.CaptureFixture[str], format_name: str) -> None:
    change(made, "macros/acme_process.yml", ("action=started", "action=begun"))
    made.commit("change")
    arguments = ("diff", "HEAD~1", "HEAD", "--repo", str(made.folder), "--format", format_name)
    assert run(cli, arguments, "contentpack") == 0
    out = capsys.readouterr().out
    assert "action=begun" in re.sub("</?b>", "", out)
    if format_name == "json":
        assert json.loads(out)["app"]["bump"] == "minor"
    assert run(cli, (*arguments, "--exit-code"), "contentpack") == 1


def test_the_command_asks_for_a_base(
    made: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_EVENT_PATH", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    assert run(cli, ("diff", "--repo", str(made.folder)), "contentpack") == 2
    assert "name one: contentpack diff BASE" in capsys.readouterr().err


def test_hostile_text_is_no_change_of_its_own(made: Repository) -> None:
    text = json.dumps(HOSTILE)
    change(
        made,
        "stories/acme_tools.yml",
        ("Tools that Acme does not want.", "X"),
        ("description: X", f"description: {text}"),
    )
    assert [each.group for each in worktree(made).stanzas] == ["story"]


@pytest.mark.parametrize("branch", BRANCHES)
def test_what_a_change_touches_is_all_that_differs(branch: str, repository: Repository, tmp_path: Path) -> None:
    """The part that `contentpack pr` renders gives the difference of the whole apps."""
    work = tmp_path / "work"
    repository.git("worktree", "add", "--quiet", "--detach", str(work), branch)
    try:
        base = repository.git("rev-parse", "main")
        checked = validate(work, changed_since=base, jobs=1)
        sides = sides_of_change(work, checked)
        assert sides is not None
        part = diff(*sides)
        whole = diff_revisions(work, base, None, (base[:12], "this change"))
    finally:
        repository.git("worktree", "remove", "--force", str(work))
    assert part == whole
    if branch not in {"settings", "source", "schedule"}:
        assert sides[1].partial


def test_drilldowns_that_repeat_the_search_are_not_told_again() -> None:
    before, after = (
        f"[a]\nsearch = index=x | stats count by {field}\naction.notable.param.drilldown_searches = "
        f'[{{"name": "Show", "search": "index=x | stats count by {field} | search u=1"}}]\n'
        for field in ("user", "dest")
    )
    sides = [conf_files(AppTree("a", "1", {"default/savedsearches.conf": text.encode()})) for text in (before, after)]
    stanza_changes = tuple(compare(sides[0], sides[1], ({}, {})))
    assert len(stanza_changes[0].keys) == 2
    text = diff_text.render(AppDiff("a", "b", "app", "1", "1", stanza_changes), load_commands())
    assert "drilldown" not in text
    assert "+ | stats count by dest" in text
