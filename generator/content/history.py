"""What git knows of a pack: which files changed since a revision, and a file as it was then.

Everything goes through the `git` command line; a pack that is no git checkout, or a revision that git does not know, is
a `RepositoryError` with what to do.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT = 120


def changed_files(root: Path, revision: str) -> frozenset[str]:
    """Return the pack's files that differ from `revision`'s merge base with HEAD, untracked ones too, relative to the pack.

    Raises:
        RepositoryError: git is missing, the pack is no checkout, or the revision is unknown.
    """
    base = merge_base(root, revision)
    names = _git(root, "diff", "--name-only", "--no-renames", "--relative", "-z", base, "--", ".")
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (names + untracked).split("\0") if name)


def merge_base(root: Path, revision: str) -> str:
    """Return the commit that HEAD and `revision` share.

    Raises:
        RepositoryError: as for `changed_files`, or the two share no commit (a shallow clone).
    """
    if revision.startswith("-"):
        raise RepositoryError(f"`{revision}` is not a git revision")
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    return _git(root, "merge-base", "HEAD", commit).strip()


def read_at(root: Path, revision: str, path: str) -> bytes | None:
    """Return a file of the pack as it was at a commit, or None when it was not there."""
    command = ["git", "-C", str(root), "show", f"{revision}:./{path}"]
    done = _run(command)
    return done.stdout if done.returncode == 0 else None


def _git(root: Path, *arguments: str) -> str:
    done = _run(["git", "-C", str(root), *arguments])
    if done.returncode:
        said = done.stderr.decode("utf-8", errors="replace").strip()
        what = arguments[-1].removesuffix("^{commit}") if arguments[0] == "rev-parse" else arguments[0]
        detail = said or f"git does not know `{what}`; in a shallow clone, fetch more history"
        raise RepositoryError(f"git {arguments[0]} failed in {root}: {detail}")
    return done.stdout.decode("utf-8", errors="surrogateescape")


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=_TIMEOUT)  # noqa: S603 - git, no shell
    except FileNotFoundError as error:
        raise RepositoryError("git is not installed; --changed-since needs it") from error
    except subprocess.TimeoutExpired as error:
        raise RepositoryError(f"git did not answer within {_TIMEOUT} s") from error
