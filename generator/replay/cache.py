"""The cache of fetched attack data: one folder an address, whole or absent whatever interrupts the work.

    <cache>/data/<sha256 of the address>/content     the bytes
    <cache>/data/<sha256 of the address>/entry.json  address, size, sha256, time of fetching: written last, so that it vouches
    <cache>/data/<sha256 of the address>/part        what an interrupted fetch left, with part.json (entity tag)

An entry without its record, or whose size differs from it, counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import DatasetError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the cache; `fetched` is when, in seconds since 1970."""

    url: str
    size: int
    sha256: str
    fetched: float
    path: Path


class DataCache:
    """The folder `data` of a cache folder. It is made when something is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"

    def place(self, url: str) -> Path:
        """Return the folder of an address."""
        return self.folder / hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, url: str, sha256: str = "") -> Path | None:
        """Return the file of an address, None where it is not here (or is another one than `sha256`)."""
        entry = self._entry(self.place(url))
        if entry is None or entry.url != url or (sha256 and entry.sha256 != sha256 and not _is_small(entry)):
            return None
        return entry.path

    def by_sha256(self, sha256: str) -> Path | None:
        """Return a file by its checksum."""
        return next((entry.path for entry in self.entries() if entry.sha256 == sha256), None)

    def entries(self) -> Iterator[Entry]:
        """Yield what is here, in the order of the folders' names."""
        for folder in self._folders():
            entry = self._entry(folder)
            if entry is not None:
                yield entry

    def leftovers(self) -> Iterator[Path]:
        """Yield folders that hold no whole file: interrupted fetches and damaged entries."""
        for folder in self._folders():
            if self._entry(folder) is None:
                yield folder

    def keep(self, url: str, file: Path, sha256: str, fetched: float) -> Path:
        """Make a finished file, which lies in the address's folder, its content.

        Raises:
            DatasetError: the disk refuses.
        """
        folder = self.place(url)
        content = folder / "content"
        record = {"url": url, "size": file.stat().st_size, "sha256": sha256, "fetched": fetched}
        try:
            (folder / "entry.json").unlink(missing_ok=True)
            file.replace(content)
            write_record(folder / "entry.json", record)
            (folder / "part.json").unlink(missing_ok=True)
        except OSError as error:
            raise DatasetError(f"cannot write to the cache {folder}: {error.strerror or error}") from error
        return content

    def remove(self, folder: Path) -> int:
        """Remove one address's folder, the record first; return the bytes that this frees.

        Raises:
            DatasetError: the disk refuses, or it is no folder of the cache.
        """
        if folder.parent != self.folder or not _KEY.fullmatch(folder.name) or folder.is_symlink():
            raise DatasetError(f"{folder} is no entry of the cache")
        try:
            size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file() and not file.is_symlink())
            (folder / "entry.json").unlink(missing_ok=True)
            shutil.rmtree(folder)
        except OSError as error:
            raise DatasetError(f"cannot remove {folder}: {error.strerror or error}") from error
        return size

    def _folders(self) -> list[Path]:
        try:
            found = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise DatasetError(f"cannot read the cache {self.folder}: {error.strerror or error}") from error
        return [
            folder for folder in found if _KEY.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink()
        ]

    def _entry(self, folder: Path) -> Entry | None:
        content = folder / "content"
        try:
            if folder.is_symlink() or content.is_symlink():
                return None
            record: Any = json.loads((folder / "entry.json").read_bytes())
            entry = Entry(
                str(record["url"]), int(record["size"]), str(record["sha256"]), float(record["fetched"]), content
            )
            return entry if content.stat().st_size == entry.size and content.is_file() else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # absent or damaged: it is fetched again


def _is_small(entry: Entry) -> bool:
    """A pointer of Git LFS has another checksum than the content that was asked for."""
    return entry.size <= 1024


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write a small JSON file whole.

    Raises:
        OSError: the disk refuses.
    """
    descriptor, name = tempfile.mkstemp(prefix=".record.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(record, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        DatasetError: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    return digest.hexdigest()
