"""The environment of a CI system becomes the commit that a change is compared with.

GitHub Actions says it in the file of the event (`GITHUB_EVENT_PATH`): the base of a pull request, of a merge queue's
group, the commit before a push. GitLab CI says it in variables. Where neither does (a schedule, a new branch, a laptop),
there is no base, and the reason is told. What these say comes from outside: only full commit ids and branch names are
taken, and git has to know them.

Facts: GitHub Docs, "Webhook events and payloads" (`pull_request.base.sha`, `merge_group.base_sha`, `before`) and
"Variables"; GitLab Docs, "Predefined CI/CD variables".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass
from generator.content import history

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"(?!-)[\w./+@-]{1,250}")
_MAX_EVENT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Basis:
    """What a change is compared with. `commit` is None where there is nothing; `said` tells in a sentence which, or why."""

    commit: str | None
    said: str


def find_basis(root: Path, environ: Mapping[str, str], asked: str | None = None) -> Basis:
    """Find the commit that the pack's HEAD is compared with: the newest one that it shares with the base.

    Args:
        root: the pack.
        environ: the variables of the process.
        asked: a revision that the user gave; then the environment is not looked at.

    Raises:
        RepositoryError: `asked` is no revision (and the history is there), git is missing, or this is no checkout.
    """
    if asked is not None:
        return _shared(root, asked, f"`{asked}`", must_exist=True)
    if environ.get("GITHUB_ACTIONS") == "true" or environ.get("GITHUB_EVENT_PATH"):
        return _github(root, environ)
    if environ.get("GITLAB_CI"):
        return _gitlab(root, environ)
    return Basis(None, "no base: this runs neither in GitHub Actions nor in GitLab CI, and none was given")


def _github(root: Path, environ: Mapping[str, str]) -> Basis:
    event = _event(environ.get("GITHUB_EVENT_PATH", ""))
    pull = event.get("pull_request")
    if isinstance(pull, dict):
        base, head = _commit(pull, "base", "sha"), _commit(pull, "head", "sha")
        parents = history.parents_of(root, "HEAD")
        # What GitHub checks out is the merge of both: its first parent is the base branch of that moment, its second
        # the pull request. That needs no more history than these two, and does not count what others merged since.
        if len(parents) == 2 and parents[1] == head:
            return Basis(parents[0], f"the pull request's base {parents[0][:12]}, the first parent of the merge commit")
        if base is not None:
            return _shared(root, base, f"the pull request's base {base[:12]}")
    group = event.get("merge_group")
    if isinstance(group, dict) and (base := _commit(group, "base_sha")) is not None:
        return _shared(root, base, f"the merge queue's base {base[:12]}")
    branch = environ.get("GITHUB_BASE_REF", "")
    if branch:
        return _of_branch(root, branch, "the pull request's base branch")
    before = _commit(event, "before")
    if before is not None:
        return _shared(root, before, f"the commit before the push, {before[:12]}")
    name = environ.get("GITHUB_EVENT_NAME") or "this event"
    return Basis(None, f"no base: `{name[:60]}` has none to compare with")


def _gitlab(root: Path, environ: Mapping[str, str]) -> Basis:
    base = _commit(environ, "CI_MERGE_REQUEST_DIFF_BASE_SHA")
    if base is not None:
        return _shared(root, base, f"the merge request's base {base[:12]}")
    target = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
    if target:
        return _of_branch(root, target, "the merge request's target branch")
    before = _commit(environ, "CI_COMMIT_BEFORE_SHA")
    if before is not None:
        return _shared(root, before, f"the commit before the push, {before[:12]}")
    return Basis(None, "no base: this pipeline has neither a merge request nor a commit before it")


def _of_branch(root: Path, branch: str, told: str) -> Basis:
    if not _BRANCH.fullmatch(branch) or ".." in branch:
        return Basis(None, f"no base: {told} has a name that git would not take")
    for revision in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        found = _shared(root, revision, f"{told} `{branch}`")
        if found.commit is not None:
            return found
    return found


def _shared(root: Path, revision: str, told: str, *, must_exist: bool = False) -> Basis:
    """Return the newest commit that HEAD shares with a revision, or the reason that there is none."""
    shared = history.shared_commit(root, revision, must_exist=must_exist)
    if shared.commit is None:
        advice = "; fetch more history (`fetch-depth: 0`, in GitLab `GIT_DEPTH: 0`)" if shared.shallow else ""
        return Basis(None, f"no base: HEAD and {told} cannot be compared, since {shared.reason}{advice}")
    commit = shared.commit
    return Basis(commit, told if commit.startswith(told[-12:]) else f"{told}, last shared commit {commit[:12]}")


def _event(path: str) -> Mapping[str, Any]:
    """Return the event; empty where there is no such file."""
    if not path:
        return {}
    try:
        file = Path(path)
        if file.stat().st_size > _MAX_EVENT:
            raise RepositoryError(f"{path}: the event has more than {_MAX_EVENT // 1024 // 1024} MiB")
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise RepositoryError(f"{path}: the event cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise RepositoryError(f"{path}: the event is no JSON") from error
    return data if isinstance(data, dict) else {}


def _commit(data: Mapping[str, Any], *keys: str) -> str | None:
    """Return a full commit id below the keys; None for anything else, and for the zeros of a new branch."""
    value: object = data
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, str) or not _COMMIT.fullmatch(value) or not value.strip("0"):
        return None
    return value
