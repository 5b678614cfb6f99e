"""Files that are written are whole or untouched: a temporary file beside them, then one rename."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.base.diagnostics import Edit

_BOM = b"\xef\xbb\xbf"


def write_atomic(
    path: Path, data: bytes, *, mode: int | None = None, synced: bool = False, scratch: Path | None = None
) -> None:
    """Write a file, keeping the mode of the one that it replaces. A symbolic link is not written through.

    `mode` gives it another one; `synced` returns only once the content is on the disk. `scratch` is a folder on the same
    disk for the file that is not finished; None for the file's own.

    Raises:
        RepositoryError: the file cannot be written; the old one is then as it was.
    """
    if path.is_symlink():
        raise RepositoryError(f"{path}: is a symbolic link, which is not written through")
    temporary: str | None = None
    try:
        if mode is None:
            mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=scratch or path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if synced:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, mode)  # noqa: PTH101 - mkstemp gives a text path
        os.replace(temporary, path)  # noqa: PTH105 - as above
        temporary = None
    except OSError as error:
        raise RepositoryError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            os.unlink(temporary)  # noqa: PTH108 - as above


def write_files(folder: Path, files: Mapping[str, bytes], *, scratch: Path | None = None) -> int:
    """Write files below a folder, each whole and only if its content differs; return how many were written.

    `scratch` as in `write_atomic`.

    Raises:
        RepositoryError: a path leads out of the folder or through a link, or a file cannot be written.
    """
    written = 0
    made: set[Path] = set()
    for name, data in sorted(files.items()):
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\\" in name:
            raise RepositoryError(f"{name}: is no path below {folder}")
        path = folder.joinpath(*parts)
        if path.parent not in made:
            _make_folder(folder, parts[:-1])
            made.add(path.parent)
        if not path.is_symlink() and path.is_file() and path.read_bytes() == data:
            continue
        write_atomic(path, data, scratch=scratch)
        written += 1
    return written


def _make_folder(top: Path, parts: Iterable[str]) -> None:
    folder = top
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in parts:
            folder /= part
            if folder.is_symlink():
                raise RepositoryError(f"{folder}: is a symbolic link, which is not written through")
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise RepositoryError(f"{folder}: cannot be made: {error.strerror or error}") from error


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits made; they must not overlap."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"edits overlap or leave the text at offset {edit.start} of {edit.path}")
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)


def rewrite(path: Path, before: str, after: str) -> None:
    """Replace a file's text, if it still is `before`; a BOM stays.

    Raises:
        RepositoryError: the file changed since it was read, or cannot be read or written.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RepositoryError(f"{path}: cannot be read: {error.strerror or error}") from error
    bom = _BOM if data.startswith(_BOM) and not before.startswith("\ufeff") else b""
    if data.removeprefix(bom) != before.encode("utf-8", "surrogatepass"):
        raise RepositoryError(f"{path}: changed while it was worked on; nothing was written to it, run again")
    write_atomic(path, bom + after.encode("utf-8"))


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file's new bytes, or None to delete it. `before` are the bytes it must still have; None: it must not exist."""

    path: str
    before: bytes | None
    after: bytes | None


def write_together(folder: Path, changes: Sequence[FileChange]) -> None:
    """Make all changes below a folder or none: what was done is taken back when one fails.

    Raises:
        RepositoryError: a file changed meanwhile, a path leads out of the folder or through a link, or a write failed.
    """
    done: list[FileChange] = []
    for change in changes:
        _refuse_changed(folder, change)
    try:
        for change in changes:
            _apply(folder, change)
            done.append(change)
    except (RepositoryError, OSError, KeyboardInterrupt) as error:
        for change in reversed(done):
            _apply(folder, FileChange(change.path, change.after, change.before))
        if isinstance(error, OSError):
            raise RepositoryError(f"{error.filename}: {error.strerror}; nothing was changed") from error
        raise


def _refuse_changed(folder: Path, change: FileChange) -> None:
    path = folder / change.path
    try:
        found = path.read_bytes() if path.is_file() and not path.is_symlink() else None
    except OSError as error:
        raise RepositoryError(f"{path}: cannot be read: {error.strerror or error}") from error
    if found is None and (path.exists() or path.is_symlink()):
        raise RepositoryError(f"{path}: is no ordinary file")
    if found != change.before:
        what = "is there already" if change.before is None else "changed while it was worked on"
        raise RepositoryError(f"{path}: {what}; nothing was written, run again")


def _apply(folder: Path, change: FileChange) -> None:
    if change.after is None:
        (folder / change.path).unlink(missing_ok=True)
    else:
        write_files(folder, {change.path: change.after})


def _umask() -> int:
    # Reading the umask means setting it; commands have one thread.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
