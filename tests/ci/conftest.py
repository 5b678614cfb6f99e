"""Pull requests as GitHub Actions runs them: a shallow clone of the merge commit, an event file, a read-only environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pullrequests import BRANCHES, Repository, make_repository

from generator.cli.main import cli, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The repository with all branches, and for each a merge commit as GitHub makes it (`refs/pull/<branch>/merge`)."""
    made = make_repository(tmp_path_factory.mktemp("repository") / "pack")
    for name in BRANCHES:
        made.git("checkout", "--quiet", "--detach", "main")
        made.git("merge", "--quiet", "--no-ff", "--no-edit", name)
        made.git("update-ref", f"refs/pull/{name}/merge", "HEAD")
    made.git("checkout", "--quiet", "main")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return made


@dataclass
class Ran:
    """What a run printed, wrote and exited with."""

    code: int
    out: str
    err: str
    folder: Path
    summary: str
    outputs: str

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    @property
    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.read("report.json"))
        return loaded

    @property
    def annotations(self) -> list[str]:
        return [line for line in self.out.splitlines() if line.startswith("::")]

    def touched(self) -> set[str]:
        return {each["name"] for each in self.report["touched"]}

    def tested(self) -> set[str]:
        return {each["detection"] for each in self.report["tests"]["tests"]}

    def codes(self) -> set[str]:
        return {each["code"] for each in self.report["findings"]}


class Actions:
    """Runs `contentpack pr` on a branch as a workflow of GitHub does."""

    def __init__(
        self, repository: Repository, tmp: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.repository, self.tmp, self.monkeypatch, self.capsys = repository, tmp, monkeypatch, capsys

    def checkout(self, branch: str, *, depth: int = 2) -> Path:
        """Clone as actions/checkout does: the merge commit, `depth` commits of history, detached."""
        work = self.tmp / "work"
        clone = Repository(work)
        work.mkdir()
        clone.git("init", "--quiet")
        clone.git("remote", "add", "origin", self.repository.folder.as_uri())
        clone.git("fetch", "--quiet", f"--depth={depth}", "origin", f"refs/pull/{branch}/merge")
        clone.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
        return work

    def event(self, data: dict[str, Any], name: str = "pull_request", **more: str) -> None:
        file = self.tmp / "event.json"
        file.write_text(json.dumps(data), "utf-8")
        for key in list(os.environ):
            if key.startswith(("GITHUB_", "CI_", "GITLAB_")):
                self.monkeypatch.delenv(key)
        given = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_STEP_SUMMARY": str(self.tmp / "step_summary.md"),
            "GITHUB_OUTPUT": str(self.tmp / "output"),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/detections",
            "GITHUB_SHA": "a" * 40,
            "CONTENTPACK_CACHE": str(self.tmp / "cache"),
            **more,
        }
        for key, value in given.items():
            self.monkeypatch.setenv(key, value)

    def pull_request(self, branch: str) -> dict[str, Any]:
        of = self.repository.git
        return {
            "action": "synchronize",
            "number": 7,
            "pull_request": {
                "base": {"sha": of("rev-parse", "main"), "ref": "main"},
                "head": {"sha": of("rev-parse", branch), "ref": branch},
            },
        }

    def run(self, branch: str, *arguments: str, depth: int = 2) -> Ran:
        work = self.checkout(branch, depth=depth)
        self.event(self.pull_request(branch), GITHUB_BASE_REF="main", GITHUB_WORKSPACE=str(work))
        return self.contentpack(work, *arguments)

    def contentpack(self, work: Path, *arguments: str) -> Ran:
        out = self.tmp / "review"
        shutil.rmtree(out, ignore_errors=True)
        before = subprocess.run(
            ["git", "-C", str(work), "status", "--porcelain"], capture_output=True, check=True
        ).stdout
        code = run(cli, ("pr", "--repo", str(work), "--out", str(out), "--offline", *arguments), "contentpack")
        told, err = self.capsys.readouterr()
        assert "Traceback" not in err, err
        after = subprocess.run(
            ["git", "-C", str(work), "status", "--porcelain"], capture_output=True, check=True
        ).stdout
        assert after == before, "the worktree is left as it was"
        summary, outputs = self.tmp / "step_summary.md", self.tmp / "output"
        return Ran(
            code,
            told,
            err,
            out,
            summary.read_text("utf-8") if summary.exists() else "",
            outputs.read_text("utf-8") if outputs.exists() else "",
        )


@pytest.fixture
def actions(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Actions:
    return Actions(repository, tmp_path, monkeypatch, capsys)
