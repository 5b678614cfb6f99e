"""Release notes and the next version, from the branches of the test repository."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pullrequests import HOSTILE, Repository, base_files, change
from test_hostile import assert_tame

from generator.base.diagnostics import ConfigError
from generator.ci.diffmodel import Bump
from generator.ci.release import next_version
from generator.cli.main import cli, run

if TYPE_CHECKING:
    from pathlib import Path


def notes(repository: Repository, branch: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert run(cli, ("release-notes", "main", branch, "--repo", str(repository.folder), *more), "contentpack") == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("branch", "lines"),
    [
        ("macro", ["### Updated macros", "- `acme_process` (version 1 → 2): search"]),
        ("rename", ["### Renamed detections", "- `Acme Other Tool`, formerly `Acme Tool 02` (version 1 → 2): search"]),
        ("deletion", ["### Removed detections", "- `Acme Tool 03` (last version 1)", "### Techniques lost"]),
        ("lookup", ["### Lookup tables", "- `acme_tools`: 2 rows added, 1 removed"]),
        ("schedule", ["### Updated detections", "- `Acme Tool 01` (version 1): schedule"]),
        ("settings", ["- `Acme Tool 01` (version 1): name of the saved search"]),
        ("story", ["### Updated analytic stories", "- `Acme Network` (version 1 → 2): texts"]),
        ("idle", ["Nothing changes in Splunk since `main`."]),
    ],
)
def test_notes(branch: str, lines: list[str], repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    text = notes(repository, branch, capsys)
    assert text.startswith("## `Acme Detections 1.0.0`\n")
    for line in lines:
        assert line in text.splitlines(), text


def test_notes_hold_hostile_content(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    text = notes(repository, "hostile", capsys)
    assert_tame(text)
    assert len(text) < 125_000


def test_notes_as_json(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(notes(repository, "rename", capsys, "--format", "json"))
    assert data["bump"] == "major"
    assert {note["old_name"] for note in data["notes"]} >= {"Acme Tool 02"}


def test_a_deprecation_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.write(dict(base_files()))
    repository.commit("base")
    change(
        repository,
        "detections/endpoint/acme_tool_01.yml",
        ("status: production", "status: deprecated"),
        ("name: Acme Tool 01", f"name: {json.dumps('Acme ' + HOSTILE[:30])}"),
    )
    text = notes(repository, "main", capsys)
    assert "Nothing changes" in text
    assert run(cli, ("release-notes", "main", "--repo", str(tmp_path)), "contentpack") == 0
    text = capsys.readouterr().out
    assert "### Deprecated" in text
    assert_tame(text)


@pytest.mark.parametrize(
    ("branch", "version"),
    [
        ("idle", "1.0.0"),
        ("lookup", "1.0.1"),
        ("version", "1.1.0"),
        ("deletion", "2.0.0"),
        ("rename", "2.0.0"),
        ("schedule", "1.0.1"),
    ],
)
def test_the_next_version(
    branch: str, version: str, repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    repository.git("worktree", "add", "--quiet", "--detach", str(work), branch)
    try:
        assert run(cli, ("bump", "--repo", str(work), "--since", "main", "--write"), "contentpack") == 0
        assert capsys.readouterr().out == f"{version}\n"
        assert f"  version: {version}\n" in (work / "contentpack.yml").read_text("utf-8")
        assert run(cli, ("bump", "--repo", str(work), "--since", "main"), "contentpack") == 0
        assert capsys.readouterr().out == f"{version}\n", "high enough now"
        assert run(cli, ("bump", "--repo", str(work), "--check", version), "contentpack") == 0
        assert run(cli, ("bump", "--repo", str(work), "--check", "9.9.9"), "contentpack") == 1
    finally:
        repository.git("worktree", "remove", "--force", str(work))


def test_a_file_that_cannot_be_read_is_no_removal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet")
    repository.write(dict(base_files()))
    repository.commit("base")
    path = next(path for path in base_files() if path.startswith("detections/"))
    (tmp_path / path).write_text("name: [broken\n", encoding="utf-8")
    for args in (("bump", "--since", "HEAD"), ("release-notes", "HEAD")):
        assert run(cli, (*args, "--repo", str(tmp_path)), "contentpack") == 2
        out, err = capsys.readouterr()
        assert (out, err) == ("", f"error: worktree: {path} cannot be read; `contentpack validate` says why\n")
    assert run(cli, ("diff", "HEAD", "--repo", str(tmp_path)), "contentpack") == 0
    assert f"worktree: {path} cannot be read, so what is in it is missing here" in "".join(capsys.readouterr())
    repository.write({path: base_files()[path], "contentpack.yml": "app: [x\n"})
    assert run(cli, ("bump", "--since", "HEAD", "--repo", str(tmp_path)), "contentpack") == 2
    assert "worktree: there is no app" in capsys.readouterr().err
    assert run(cli, ("test", "--repo", str(tmp_path)), "contentpack") == 2
    assert capsys.readouterr().err == "error: contentpack.yml cannot be read; `contentpack validate` says why\n"


def test_the_last_tag_is_the_last_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet")
    repository.write(dict(base_files()))
    repository.commit("base")
    assert run(cli, ("bump", "--repo", str(tmp_path)), "contentpack") == 2
    assert "no tag such as `v1.2.3`" in capsys.readouterr().err
    repository.git("tag", "v1.0.0")
    repository.git("tag", "notes")
    change(repository, "macros/acme_process.yml", ("action=started", "action=begun"))
    repository.commit("change")
    assert run(cli, ("bump", "--repo", str(tmp_path)), "contentpack") == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("1.1.0\n", "a minor release since v1.0.0\n")


def test_versions() -> None:
    assert [next_version("1.2.3", bump) for bump in Bump] == ["1.2.3", "1.2.4", "1.3.0", "2.0.0"]
    for text in ("1.2", "v1.2.3", "1.2.3-rc1", ""):
        with pytest.raises(ConfigError):
            next_version(text, Bump.PATCH)
