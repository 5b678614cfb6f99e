"""A commit's files become a folder: plain files only, from git's objects, without touching the worktree.

No link is made (a link's target is a stranger's text), no file outside the folder, nothing that is larger than the
limits. Left out is what neither loading nor rendering reads: hidden folders, folders of builds, attack data.
"""

from __future__ import annotations

import os
import re
from itertools import chain
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError
from generator.content import history
from generator.content.load import SKIPPED_FOLDERS
from generator.render.inputs import MAX_FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
_NOT_READ = SKIPPED_FOLDERS | {"attack_data"}
_UNSAFE = re.compile("[\\\\:\0\ud800-\udfff]")
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def write_commit(root: Path, commit: str, folder: Path, known: AbstractSet[str] = frozenset()) -> tuple[str, ...]:
    """Write the pack as it was at a commit below an empty folder; return the paths that were left out as unsafe.

    Files in `known`, whose content the caller has, are made empty: they are there to be listed.

    Raises:
        RepositoryError: git cannot give the files, they are too large, or the folder cannot be written to.
    """
    left_out: list[str] = []
    wanted = []
    for blob in history.files_at(root, commit):
        parts = blob.path.split("/")
        if blob.is_link or not _is_safe(parts):
            left_out.append(blob.path)
        elif not _is_skipped(parts):
            wanted.append(blob)
    total = 0
    made: set[str] = set()
    stand_ins = ((blob, b"") for blob in wanted if blob.path in known)
    read = history.contents(root, [blob for blob in wanted if blob.path not in known], MAX_FILE_BYTES)
    for blob, data in chain(stand_ins, read):
        if data is None:
            raise RepositoryError(f"{blob.path} of {commit[:12]} has more than {MAX_FILE_BYTES // 1024 // 1024} MiB")
        total += len(data)
        if total > MAX_TOTAL_BYTES:
            raise RepositoryError(f"the pack at {commit[:12]} has more than {MAX_TOTAL_BYTES // 1024**3} GiB")
        above = blob.path.rpartition("/")[0]
        target = folder / blob.path
        try:
            if above not in made:
                target.parent.mkdir(parents=True, exist_ok=True)
                made.add(above)
            with os.fdopen(os.open(target, _FLAGS, 0o644), "wb") as file:
                file.write(data)
        except FileExistsError:
            left_out.append(blob.path)  # two names that this file system takes for one
        except OSError as error:
            raise RepositoryError(f"{target}: cannot be written: {error.strerror or error}") from error
    return tuple(left_out)


def _is_safe(parts: list[str]) -> bool:
    """Whether a path stays below its folder on every system: git checks names, but a forged tree can hold any."""
    return all(part not in {"", ".", ".."} and not _UNSAFE.search(part) for part in parts)


def _is_skipped(parts: list[str]) -> bool:
    return parts[0] in _NOT_READ or any(part.startswith(".") for part in parts)
