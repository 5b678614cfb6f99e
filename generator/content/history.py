"""What git knows of a pack: which files changed since a revision, on which lines, and files as they were then.

Everything goes through the `git` command line; a pack that is no git checkout, or a revision that git does not know, is
a `RepositoryError` with what to do. Paths are those of the pack (relative to its root, with `/`), also where the pack is
a folder of a larger repository; what lies outside it is left out. Nothing is written, neither worktree nor index.
"""

from __future__ import annotations

import re
import subprocess
from enum import StrEnum
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass
from generator.content.dialects import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import IO

_TIMEOUT = 300
_DATA_FOLDERS = frozenset({"app_template", "attack_data", "static_configs"})
_LINK = "120000"
_BATCH = 400
"""Requests that `git cat-file` gets at once: their text fits into a pipe that nobody reads yet."""
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
# Whatever a user's configuration or a pull request's .gitattributes say: no program is run, text is compared as it is.
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules", "--relative", "--find-renames")


class Status(StrEnum):
    """What happened to a file."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One changed file. `path` is its name now (of a deleted one, its last); `old_path` is empty for an added one."""

    status: Status
    path: str
    old_path: str = ""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit; `is_link` of a symbolic link, whose content is its target."""

    path: str
    id: str
    is_link: bool


def commit_of(root: Path, revision: str) -> str:
    """Return the full id of the commit that a revision names.

    Raises:
        RepositoryError: git is missing, the pack is no checkout, or the revision is unknown.
    """
    if revision.startswith("-") or not revision.strip():
        raise RepositoryError(f"`{revision}` is not a git revision")
    return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()


def parents_of(root: Path, revision: str) -> tuple[str, ...]:
    """Return the ids of a commit's parents, as far as the clone has them.

    Raises:
        RepositoryError: as for `commit_of`.
    """
    shown = _git(root, "rev-list", "--parents", "--max-count=1", commit_of(root, revision), "--").split()
    return tuple(shown[1:])


def is_shallow(root: Path) -> bool:
    """Whether the clone lacks older commits (`git clone --depth`, the default of CI systems)."""
    return _git(root, "rev-parse", "--is-shallow-repository").strip() == "true"


def newest_tag(root: Path) -> str | None:
    """Return the newest tag of a version (`v1.2.3`, `1.2.3`) that HEAD comes from; None when there is none.

    Raises:
        RepositoryError: git is missing, or the pack is no checkout.
    """
    commit_of(root, "HEAD")
    options = ("--tags", "--abbrev=0", "--match", "v[0-9]*.[0-9]*.[0-9]*", "--match", "[0-9]*.[0-9]*.[0-9]*")
    done = _run(["git", "-C", str(root), "describe", *options, "HEAD"])
    return done.stdout.decode("utf-8", errors="replace").strip() or None if done.returncode == 0 else None


def common_commit(root: Path, revision: str, head: str = "HEAD") -> str | None:
    """Return the newest commit that two revisions share; None when there is none, or the clone is too shallow.

    Raises:
        RepositoryError: as for `commit_of`.
    """
    done = _run(["git", "-C", str(root), "merge-base", commit_of(root, head), commit_of(root, revision)])
    if done.returncode not in (0, 1):
        raise RepositoryError(f"git merge-base failed in {root}: {_said(done)}")
    return done.stdout.decode("ascii").strip() or None


@dataclass(frozen=True, slots=True)
class Shared:
    """The newest commit that HEAD shares with a revision; without one, `reason` says why and `shallow` whether that is it."""

    commit: str | None
    reason: str = ""
    shallow: bool = False


def shared_commit(root: Path, revision: str, *, must_exist: bool = True) -> Shared:
    """Return what HEAD shares with a revision, or why there is nothing.

    Raises:
        RepositoryError: git is missing, this is no checkout, or (with `must_exist`) git does not know the revision
            although it has the whole history.
    """
    shallow = is_shallow(root)
    try:
        commit = common_commit(root, revision)
    except RepositoryError:
        if must_exist and not shallow:
            raise
        return Shared(None, "the clone is shallow" if shallow else "git does not have it", shallow)
    if commit is None:
        return Shared(None, "the clone is shallow" if shallow else "they have no commit in common", shallow)
    return Shared(commit)


def changes(root: Path, base: str, head: str | None = None) -> tuple[Change, ...]:
    """Return the pack's files that differ between a commit and another, or the worktree (with new files of content).

    Raises:
        RepositoryError: as for `commit_of`.
    """
    revisions = (base,) if head is None else (base, head)
    words = iter(_git(root, *_DIFF, "--name-status", "-z", *revisions, "--", ".").split("\0"))
    found = {}
    for word in words:
        if not word:
            continue
        path = next(words)
        if word.startswith("R"):
            change = Change(Status.RENAMED, next(words), path)
        elif word == "A":
            change = Change(Status.ADDED, path)
        elif word == "D":
            change = Change(Status.DELETED, path, path)
        else:
            change = Change(Status.MODIFIED, path, path)
        found[change.path] = change
    if head is None:
        untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".").split("\0")
        for path in untracked:
            if path and _is_content(path):
                # A file that was taken out of the index and is still there was not deleted.
                gone = found.get(path)
                found[path] = Change(Status.MODIFIED, path, path) if gone else Change(Status.ADDED, path)
    return tuple(found[path] for path in sorted(found))


def _is_content(path: str) -> bool:
    """Whether an untracked file can be part of the pack: not what a build, a report or a tool left beside it."""
    top, slash, _ = path.partition("/")
    return not path.startswith(".") and (not slash or top in FOLDERS or top in _DATA_FOLDERS)


def changed_lines(root: Path, base: str, head: str | None = None) -> Mapping[str, tuple[range, ...]]:
    """Return the lines of each file (1-based) that were added or changed, where lines went the one behind the gap.

    Files without any are left out, untracked ones too.

    Raises:
        RepositoryError: as for `commit_of`.
    """
    revisions = (base,) if head is None else (base, head)
    patch = _bytes(root, *_DIFF, "--text", "--unified=0", "--src-prefix=a/", "--dst-prefix=b/", *revisions, "--", ".")
    found: dict[str, list[range]] = {}
    path = ""
    inside = 0
    for line in patch.split(b"\n"):
        if inside and line[:1] in (b"-", b"+"):
            inside -= 1
        elif line.startswith(b"+++ "):
            path = _patch_path(line[4:])
        elif (hunk := _HUNK.match(line)) is not None:
            removed, first, added = int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1)
            inside = removed + added
            if path:
                found.setdefault(path, []).append(range(first, first + added) if added else range(first + 1, first + 2))
    return {name: tuple(ranges) for name, ranges in found.items()}


def files_at(root: Path, commit: str) -> tuple[Blob, ...]:
    """Return the files of the pack at a commit; folders, submodules and what lies outside the pack are left out.

    Raises:
        RepositoryError: as for `commit_of`.
    """
    listed = _git(root, "ls-tree", "-r", "-z", commit)
    found = []
    for entry in listed.split("\0"):
        about, _, path = entry.partition("\t")
        if path:
            mode, kind, name = about.split()
            if kind == "blob":
                found.append(Blob(path, name, mode == _LINK))
    return tuple(found)


def plain_files_at(root: Path, commit: str, paths: Collection[str]) -> tuple[Blob, ...]:
    """Return those of some paths that were files of the pack at a commit; no links.

    Raises:
        RepositoryError: as for `commit_of`.
    """
    return tuple(blob for blob in files_at(root, commit) if blob.path in paths and not blob.is_link) if paths else ()


def contents(root: Path, blobs: Iterable[Blob], limit: int) -> Iterator[tuple[Blob, bytes | None]]:
    """Yield the files' contents, read by one process; None for a file of more than `limit` bytes.

    Raises:
        RepositoryError: git cannot give one of them.
    """
    wanted = list(blobs)
    if not wanted:
        return
    command = ["git", "-C", str(root), "cat-file", "--batch"]
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - git, no shell
            source, sink = process.stdout, process.stdin
            if source is None or sink is None:
                raise TypeError("both are pipes")
            for number, blob in enumerate(wanted):
                if number % _BATCH == 0:
                    sink.writelines(f"{each.id}\n".encode() for each in wanted[number : number + _BATCH])
                    sink.flush()
                header = source.readline().split()
                if len(header) != 3 or header[1] != b"blob":
                    raise RepositoryError(f"git cannot read {blob.path} ({blob.id}); fetch the commit's files")
                size = int(header[2])
                data = None
                if size <= limit:
                    data = source.read(size)
                else:
                    _skip(source, size)
                source.read(1)
                yield blob, data
            sink.close()
    except FileNotFoundError as error:
        raise RepositoryError("git is not installed; what changed is told by it") from error


def _skip(source: IO[bytes], size: int) -> None:
    while size > 0:
        size -= len(source.read(min(size, 1 << 20))) or size


def _patch_path(name: bytes) -> str:
    """Return the path of a `+++` line; empty for `/dev/null` (a deleted file)."""
    name = name.rstrip(b"\t")
    if name.startswith(b'"'):
        name = _ESCAPE.sub(_unescaped, name[1:-1])
    return name[2:].decode("utf-8", errors="surrogateescape") if name.startswith(b"b/") else ""


def _unescaped(match: re.Match[bytes]) -> bytes:
    word = match[1]
    return bytes([int(word, 8)]) if len(word) == 3 else _ESCAPED.get(word, word)


def _git(root: Path, *arguments: str) -> str:
    return _bytes(root, *arguments).decode("utf-8", errors="surrogateescape")


def _bytes(root: Path, *arguments: str) -> bytes:
    done = _run(["git", "-C", str(root), *arguments])
    if done.returncode:
        what = arguments[-1].removesuffix("^{commit}") if arguments[0] == "rev-parse" else arguments[0]
        detail = _said(done) or f"git does not know `{what}`; in a shallow clone, fetch more history"
        raise RepositoryError(f"git {arguments[0]} failed in {root}: {detail}")
    return done.stdout


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode("utf-8", errors="replace").strip()


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=_TIMEOUT)  # noqa: S603 - git, no shell
    except FileNotFoundError as error:
        raise RepositoryError("git is not installed; what changed is told by it") from error
    except subprocess.TimeoutExpired as error:
        raise RepositoryError(f"git did not answer within {_TIMEOUT} s") from error
