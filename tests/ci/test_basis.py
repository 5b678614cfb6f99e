"""The base of a change, from what CI systems say; git's side of it in `tests/content/test_history.py`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pullrequests import Repository

from generator.base.diagnostics import RepositoryError
from generator.ci.basis import find_basis

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def history(tmp_path: Path) -> tuple[Repository, list[str]]:
    """Main with three commits and a branch from the second; HEAD is the branch."""
    made = Repository(tmp_path / "work")
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    commits = []
    for number in range(3):
        made.write({"a.txt": f"{number}\n"})
        commits.append(made.commit(str(number)))
    made.git("checkout", "--quiet", "-b", "topic", commits[1])
    made.write({"b.txt": "b\n"})
    commits.append(made.commit("topic"))
    return made, commits


def event(tmp_path: Path, data: object) -> dict[str, str]:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(data))
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(file)}


def test_a_pull_request_is_compared_with_what_it_shares_with_its_base(
    history: tuple[Repository, list[str]], tmp_path: Path
) -> None:
    made, commits = history
    environ = event(tmp_path, {"pull_request": {"base": {"sha": commits[2]}, "head": {"sha": commits[3]}}})
    found = find_basis(made.folder, environ)
    assert found.commit == commits[1]
    assert "last shared commit" in found.said


def test_a_merge_commit_is_compared_with_its_first_parent(
    history: tuple[Repository, list[str]], tmp_path: Path
) -> None:
    made, commits = history
    made.git("checkout", "--quiet", "--detach", "main")
    made.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    # The event was sent when the base branch stood at the second commit: what came since is not the pull request's.
    environ = event(tmp_path, {"pull_request": {"base": {"sha": commits[1]}, "head": {"sha": commits[3]}}})
    assert find_basis(made.folder, environ).commit == commits[2]


def test_the_base_branch_serves_where_the_event_has_no_commit(history: tuple[Repository, list[str]]) -> None:
    made, commits = history
    found = find_basis(made.folder, {"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"})
    assert found.commit == commits[1]


def test_gitlab(history: tuple[Repository, list[str]]) -> None:
    made, commits = history
    named = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    assert find_basis(made.folder, named).commit == commits[1]
    assert find_basis(made.folder, {"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": commits[0]}).commit == commits[0]
    nothing = find_basis(made.folder, {"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": "0" * 40})
    assert nothing.commit is None
    assert nothing.said.startswith("no base: this pipeline")


def test_a_laptop_has_no_base(history: tuple[Repository, list[str]]) -> None:
    assert find_basis(history[0].folder, {}).said.startswith("no base: this runs neither")


def test_what_the_user_asks_for_must_exist(history: tuple[Repository, list[str]]) -> None:
    made, commits = history
    assert find_basis(made.folder, {}, "main").commit == commits[1]
    with pytest.raises(RepositoryError, match="does not know `mian`"):
        find_basis(made.folder, {}, "mian")


def test_histories_without_a_common_commit(history: tuple[Repository, list[str]]) -> None:
    made, _ = history
    made.git("checkout", "--quiet", "--orphan", "other")
    made.commit("other")
    found = find_basis(made.folder, {}, "main")
    assert found.commit is None
    assert "no commit in common" in found.said


@pytest.mark.parametrize(("text", "message"), [("{", "no JSON"), ("[" * 100_000, "no JSON")])
def test_a_broken_event(history: tuple[Repository, list[str]], tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "event.json"
    file.write_text(text)
    with pytest.raises(RepositoryError, match=message):
        find_basis(history[0].folder, {"GITHUB_EVENT_PATH": str(file)})


def test_an_event_that_is_not_there(history: tuple[Repository, list[str]], tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="cannot be read"):
        find_basis(history[0].folder, {"GITHUB_EVENT_PATH": str(tmp_path / "none.json")})
