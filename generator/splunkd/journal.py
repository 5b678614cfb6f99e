"""Events on disk: a journal that is only added to, and read back when the server starts.

Each record is a mark, the length and CRC-32 of its content, and the content: JSON, compressed by zlib. A record is synced to disk
before anyone is told that its events are there. What a crash left unfinished at the end of the file is cut off at the next start; a
record that is damaged while whole ones follow it ends the server with a message rather than be passed over.

Records: `events` (pieces as they were indexed, and the number of the first event), `delete` (numbers of events), `drop` (an index),
`next` (the number that the next event gets). `rewrite` puts records in the place of all: into a file beside it first, which takes the
journal's name once it is on the disk, so that at any moment one of the two is whole under that name.
"""

from __future__ import annotations

import os
import struct
import threading
import zlib
from typing import IO, TYPE_CHECKING, Any

import orjson

from generator.base.diagnostics import BackendError
from generator.splunkd.disk import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_MARK = b"CPJ1"
_HEAD = struct.Struct("<4sII")


class Journal:
    """The journal in a file; None keeps nothing. `append` may be called by several threads."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()
        self.cut = 0

    @property
    def size(self) -> int:
        """The bytes of the file so far."""
        return 0 if self._file is None else self._file.tell()

    def read(self) -> Iterator[dict[str, Any]]:
        """Yield the records, and cut off an unfinished one at the end. To be called once, before `append`.

        Raises:
            BackendError: the file is damaged before its end, or cannot be read.
        """
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _beside(self._path).unlink(missing_ok=True)  # what a rewrite left that was killed
            self._path.touch(exist_ok=True)
            file = self._path.open("r+b")
        except OSError as error:
            raise BackendError(f"cannot open {self._path}: {error.strerror or error}") from error
        self._file = file
        size = self._path.stat().st_size
        place = 0
        while place < size:
            head = file.read(_HEAD.size)
            mark, length, check = _HEAD.unpack(head) if len(head) == _HEAD.size else (_MARK, 0, 0)
            body = file.read(length) if mark == _MARK else b""
            whole = len(head) == _HEAD.size and mark == _MARK and len(body) == length and zlib.crc32(body) == check
            if not whole:
                # Only the last record can be unfinished; where a whole one follows, this one is damaged.
                file.seek(place + 1)
                if _has_record(file.read()):
                    file.close()
                    raise BackendError(
                        f"{self._path} is damaged at byte {place}; move it away to start without its events"
                    )
                self.cut = size - place
                break
            yield orjson.loads(zlib.decompress(body))
            place += _HEAD.size + length
        file.truncate(place)
        file.seek(place)

    def append(self, record: Mapping[str, Any]) -> None:
        """Add a record; when this returns, it is on the disk.

        Raises:
            BackendError: it cannot be written; nothing of it stays.
        """
        if self._file is None:
            return
        content = framed(record)
        with self._lock:
            place = self._file.tell()
            try:
                self._file.write(content)
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                self._file.seek(place)
                self._file.truncate(place)
                raise BackendError(f"cannot write {self._path}: {error.strerror or error}") from error

    def rewrite(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Put records in the place of all that are there. Nobody may `append` in the meantime.

        Raises:
            BackendError: they cannot be written; the journal is then as it was.
        """
        if self._file is None or self._path is None:
            return
        new = _beside(self._path)
        with self._lock:
            try:
                with new.open("wb") as file:
                    os.chmod(new, 0o600)  # noqa: PTH101 - an open file's path
                    for record in records:
                        file.write(framed(record))
                    file.flush()
                    os.fsync(file.fileno())
                self._file.close()  # Windows replaces no open file
                try:
                    new.replace(self._path)
                    sync_folder(self._path.parent)
                finally:
                    self._file = self._path.open("r+b")
                    self._file.seek(0, os.SEEK_END)
            except OSError as error:
                new.unlink(missing_ok=True)
                raise BackendError(f"cannot rewrite {self._path}: {error.strerror or error}") from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def framed(record: Mapping[str, Any]) -> bytes:
    """Return a record as it stands in the file."""
    body = zlib.compress(orjson.dumps(record), 1)
    return _HEAD.pack(_MARK, len(body), zlib.crc32(body)) + body


def _has_record(content: bytes) -> bool:
    """Whether a whole record stands somewhere in what follows a broken one."""
    place = content.find(_MARK)
    while place >= 0:
        if len(content) - place >= _HEAD.size:
            _, length, check = _HEAD.unpack_from(content, place)
            body = content[place + _HEAD.size : place + _HEAD.size + length]
            if len(body) == length and zlib.crc32(body) == check:
                return True
        place = content.find(_MARK, place + 1)
    return False
