"""Attack data of tests: where a reference's events are, fetched into the cache where they are not here yet.

A reference is a web address or a path in the pack. It is looked for in the pack, in the local copy of a data repository
(`--attack-data DIR`: the longest tail of the reference's path that exists there), in the cache, and then fetched
(`generator.replay.download`). A file that is a Git LFS pointer stands for its content: that lies in the LFS store of the local
copy, in the cache, or is fetched. `#sha256=<hex>` behind an address is its checksum. Archives stay packed: the ingest reads
them.

Nothing outside the pack, the local copy and the cache is read, and no symbolic link is followed.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from generator.base.diagnostics import DatasetError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.replay.cache import DataCache

POINTER_BYTES = 1024
"""An LFS pointer is smaller."""

_POINTER = re.compile(
    rb"\Aversion https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)
_SHA = re.compile(r"(?:^|&)sha256=([0-9a-fA-F]{64})(?:&|$)")
_GITHUB = re.compile(r"https://github\.com/([^/]+)/([^/]+)/(?:blob|raw)/(.+)")
_RAW = re.compile(r"https://raw\.githubusercontent\.com/(?:([^/]+)/([^/]+)/)(.+)")


class Origin(StrEnum):
    """Where the file of a reference is."""

    PACK = "pack"
    LOCAL = "attack data folder"
    CACHE = "cache"
    MISSING = "missing"


class MissingDataError(DatasetError):
    """A reference's events are not here, and were not to be fetched. The test is skipped."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A Git LFS pointer: the checksum and the size of the content that it stands for."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Located:
    """Where a reference was found; `path` is None for a missing one, `reason` then says why.

    `url` is where it can be fetched from, empty where it is no web address; `sha256` is what it must have, where that is known.
    """

    reference: str
    origin: Origin
    path: Path | None = None
    url: str = ""
    sha256: str = ""
    reason: str = ""


class DataStore:
    """Finds the data of a pack's tests. `local` is a copy of a data repository, `cache` keeps what was fetched."""

    def __init__(self, root: Path, cache: DataCache, local: Path | None = None) -> None:
        self._root = root
        self._local = local
        self._checksums: dict[tuple[Path, int, int], str] = {}
        self.cache = cache

    def find(self, reference: str) -> Located:
        """Say where a reference's file is, without the network.

        Raises:
            DatasetError: it leads out of the places that may be read, or is no reference.
        """
        if "://" in reference:
            return self._find_url(reference)
        parts = _parts(reference, reference)
        if PurePosixPath(reference).is_absolute() or re.match(r"[A-Za-z]:", reference):
            raise DatasetError(
                f"`{reference}` is an absolute path; give the path in the pack, or below the folder of --attack-data"
            )
        found = _below(self._root, parts)
        if found is not None:
            return self._resolved(reference, Origin.PACK, found, "", "")
        return self._in_local(reference, parts, "", "") or Located(
            reference, Origin.MISSING, reason=f"{reference} is neither in the pack nor in the attack data folder"
        )

    def path(self, reference: str) -> Path:
        """Return the file of a reference that is here.

        Raises:
            MissingDataError: it is not.
            DatasetError: as `find`.
        """
        found = self.find(reference)
        if found.path is None:
            raise MissingDataError(found.reason)
        return found.path

    def _find_url(self, reference: str) -> Located:
        split = urlsplit(reference)
        if split.scheme not in {"https", "http"}:
            raise DatasetError(f"`{reference}` is no https address")
        checksum = _SHA.search(split.fragment)
        sha256 = checksum[1].lower() if checksum else ""
        url = source_url(reference.partition("#")[0])
        parts = _parts(unquote(split.path), reference)
        found = self._in_local(reference, parts, url, sha256)
        if found is not None:
            return found
        cached = self.cache.get(url, sha256)
        if cached is not None:
            return self._resolved(reference, Origin.CACHE, cached, url, sha256)
        return Located(reference, Origin.MISSING, None, url, sha256, reason=f"data not present: {reference}")

    def _in_local(self, reference: str, parts: tuple[str, ...], url: str, sha256: str) -> Located | None:
        if self._local is None:
            return None
        for start in range(len(parts)):
            found = _below(self._local, parts[start:])
            if found is not None:
                return self._resolved(reference, Origin.LOCAL, found, url, sha256)
        return None

    def _resolved(self, reference: str, origin: Origin, path: Path, url: str, sha256: str) -> Located:
        """Follow an LFS pointer to its content."""
        pointer = read_pointer(path)
        if pointer is None:
            if sha256 and origin is not Origin.CACHE and self._sha256(path) != sha256:
                raise DatasetError(f"{path} is not what `{reference}` asks for: its SHA-256 is {self._sha256(path)}")
            return Located(reference, origin, path, url, sha256)
        if sha256 and pointer.sha256 != sha256:
            raise DatasetError(
                f"{path} is a Git LFS pointer to other content than `{reference}` asks for: {pointer.sha256}"
            )
        stored = self._lfs_object(path, pointer) if origin is not Origin.CACHE else None
        if stored is not None:
            return Located(reference, origin, stored, url, pointer.sha256)
        cached = self.cache.by_sha256(pointer.sha256)
        if cached is not None:
            return Located(reference, Origin.CACHE, cached, url, pointer.sha256)
        reason = f"data not present: {reference} is a Git LFS pointer, and its content is not here"
        return Located(reference, Origin.MISSING, None, media_url(url), pointer.sha256, reason)

    def _sha256(self, path: Path) -> str:
        """Return a local file's checksum, computed anew where size or time of the file are others."""
        try:
            seen = path.stat()
            key = (path, seen.st_size, seen.st_mtime_ns)
            if key not in self._checksums:
                with path.open("rb") as file:
                    self._checksums[key] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
        return self._checksums[key]

    def _lfs_object(self, path: Path, pointer: Pointer) -> Path | None:
        """Return the content in the LFS store of the repository that a file is in, if git fetched it."""
        top = self._root if path.is_relative_to(self._root) else self._local
        for folder in path.parents:
            found = folder / ".git" / "lfs" / "objects" / pointer.sha256[:2] / pointer.sha256[2:4] / pointer.sha256
            if found.is_file() and not found.is_symlink() and found.stat().st_size == pointer.size:
                return found
            if folder == top:
                break
        return None


def read_pointer(path: Path) -> Pointer | None:
    """Return what an LFS pointer says, None for any other file.

    Raises:
        DatasetError: the file cannot be read.
    """
    try:
        if path.stat().st_size > POINTER_BYTES:
            return None
        found = _POINTER.match(path.read_bytes().replace(b"\r\n", b"\n"))
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    return None if found is None else Pointer(found[1].decode(), int(found[2]))


def source_url(url: str) -> str:
    """Return where the bytes are: GitHub's page of a file is not the file."""
    page = _GITHUB.fullmatch(url)
    return url if page is None else f"https://raw.githubusercontent.com/{page[1]}/{page[2]}/{page[3]}"


def media_url(url: str) -> str:
    """Return where GitHub gives the content of an LFS pointer that it gives at `url`."""
    raw = _RAW.fullmatch(url)
    return url if raw is None else f"https://media.githubusercontent.com/media/{raw[1]}/{raw[2]}/{raw[3]}"


def known_references(found: Iterable[Located]) -> dict[str, Located]:
    """Return the missing ones that can be fetched, each address once."""
    return {one.url: one for one in found if one.origin is Origin.MISSING and one.url}


def _parts(path: str, reference: str) -> tuple[str, ...]:
    """Return the steps of a path.

    Raises:
        DatasetError: a step leads up or is no name.
    """
    parts = tuple(part for part in path.split("/") if part not in {"", "."})
    if not parts or any(part == ".." or "\\" in part or "\0" in part for part in parts):
        raise DatasetError(f"`{reference}` is no path below the pack or the attack data folder")
    return parts


def _below(top: Path, parts: tuple[str, ...]) -> Path | None:
    """Return the file at the end of the steps below a folder, None where there is none or a link is on the way."""
    at = top
    for number, part in enumerate(parts):
        at /= part
        if at.is_symlink() or not (at.is_file() if number == len(parts) - 1 else at.is_dir()):
            return None
    return at
