"""Reads from the pack's folder what rendering needs besides the content: the app template, tables, boards, static confs.

The only module of `generator.render` that touches the pack's disk. No link is followed and nothing outside the root is
read, since a pull request from a stranger may hold both. A file that is missing or is not a plain file is left out: a
rule reports it, and what needs it is not rendered.
"""

from __future__ import annotations

import os
import stat
from dataclasses import field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass
from generator.render.savedsearches import FBD_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from generator.content.model import Pack

TEMPLATE_FOLDER = "app_template"
MAX_FILE_BYTES = 256 * 1024 * 1024
_MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class RenderInputs:
    """Files by path: `static` relative to `app_template/`, `data` relative to the pack's root."""

    static: Mapping[str, bytes] = field(default_factory=dict)
    data: Mapping[str, bytes] = field(default_factory=dict)


def read_inputs(root: Path, pack: Pack) -> RenderInputs:
    """Read the app template and every data file that the pack's content names.

    Raises:
        RepositoryError: a file is there but cannot be read, or is larger than `MAX_FILE_BYTES`.
    """
    static = {}
    template = root / TEMPLATE_FOLDER
    if template.is_dir() and not template.is_symlink():
        for path in _files(template, "", 0):
            static[path] = _read(template, path)
    wanted = {lookup.data_path for lookup in pack.lookups if lookup.data_path}
    wanted.update(dashboard.json_path for dashboard in pack.dashboards if dashboard.json_path)
    wanted.add(FBD_PATH)
    data = {path: _read(root, path) for path in sorted(wanted) if _is_plain_file(root, path)}
    return RenderInputs(static, data)


def _files(folder: Path, below: str, depth: int) -> Iterator[str]:
    """Yield the plain files below a folder, sorted; hidden ones and links are left out."""
    if depth > _MAX_DEPTH:
        raise RepositoryError(f"{TEMPLATE_FOLDER}/{below} is nested more than {_MAX_DEPTH} folders deep")
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise RepositoryError(f"cannot read {TEMPLATE_FOLDER}/{below}: {error.strerror or error}") from error
    for entry in found:
        if entry.name.startswith(".") or entry.name == "__MACOSX" or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(folder / entry.name, f"{below}{entry.name}/", depth + 1)
        elif entry.is_file(follow_symlinks=False):
            yield f"{below}{entry.name}"


def _is_plain_file(root: Path, path: str) -> bool:
    """Say whether a path leads to a plain file below the root without a link on the way."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
        return False
    place = root
    for number, part in enumerate(parts, 1):
        place = place / part
        try:
            mode = place.lstat().st_mode
        except OSError:
            return False
        if not (stat.S_ISREG(mode) if number == len(parts) else stat.S_ISDIR(mode)):
            return False
    return True


def _read(root: Path, path: str) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(root / path, flags), "rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RepositoryError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > MAX_FILE_BYTES:
        raise RepositoryError(f"{path} is larger than {MAX_FILE_BYTES // 1024 // 1024} MiB")
    return data
