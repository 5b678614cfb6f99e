"""Keeps what a run found for the next one: documents as read, and the result of each object, in the user's cache folder.

A document is taken from the cache when its file has the same size, times and inode as then (as git does it), or else the
same content. An object's result is taken when its file, the macros and lookups that its searches met, and everything
else that its checks may ask about (`base`) are the same. Nothing is trusted that this program could not have written:
the unpickler makes records of this package, dates and plain values only. A cache that cannot be read or written is as
good as none.

The store is a base file and a small file of what changed since, so that a run after one edit writes little.
"""

from __future__ import annotations

import contextlib
import datetime
import enum
import hashlib
import os
import pickle
import sys
import tempfile
import time
from dataclasses import field, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import generator
from generator.base.frozen import dataclass
from generator.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.content.load import LoadedDocument
    from generator.rules.check import CheckedObject

_FORMAT = 1
_REWRITE_AT = 100
_RACY_NS = 100_000_000
_UNFINISHED = ".unfinished"
_FORGOTTEN = 3600
"""Seconds after which nobody is still writing a file."""

Signature = tuple[int, int, int, int]
"""Size, modification and change time (ns) and inode of a file."""


@dataclass(slots=True)
class Store:
    """What is known from earlier runs. `documents` and `objects` are keyed by path."""

    documents: dict[str, tuple[Signature | None, bytes, LoadedDocument]] = field(default_factory=dict)
    objects: dict[str, tuple[bytes, CheckedObject]] = field(default_factory=dict)
    new_documents: dict[str, tuple[Signature | None, bytes, LoadedDocument]] = field(default_factory=dict)
    new_objects: dict[str, tuple[bytes, CheckedObject]] = field(default_factory=dict)
    changed_before: int = 0


def digest(*parts: bytes) -> bytes:
    """Return a short hash of byte strings, kept apart by their lengths."""
    hasher = hashlib.blake2b(digest_size=16)
    for part in parts:
        hasher.update(len(part).to_bytes(8, "little"))
        hasher.update(part)
    return hasher.digest()


def signature(root: Path, path: str, now_ns: int) -> Signature | None:
    """Return a file's signature, or None when it was changed too recently for its times to tell two versions apart."""
    try:
        found = os.stat(f"{root}{os.sep}{path}", follow_symlinks=False)  # noqa: PTH116 - for thousands of files
    except OSError:
        return None  # whoever reads the file reports it
    if now_ns - found.st_mtime_ns < _RACY_NS:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder for caches: `CONTENTPACK_CACHE`, else the platform's own place for them."""
    named = environ.get("CONTENTPACK_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "contentpack"


def code_fingerprint() -> bytes:
    """Return a hash that changes with every change of this program: results of another version are never taken."""
    home = Path(generator.__file__).parent
    parts = [f"{__version__} {_FORMAT} {sys.version_info[:2]}".encode()]
    stack = [os.fspath(home)]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".json", ".conf")):
                    found = entry.stat()
                    parts.append(f"{entry.path} {found.st_mtime_ns} {found.st_size}".encode())
                elif entry.name != "__pycache__" and entry.is_dir():
                    stack.append(entry.path)
    return digest(*sorted(parts))


def open_store(folder: Path, root: Path, fingerprint: bytes) -> Store:
    """Read what earlier runs left for a pack; an empty store when there is nothing usable."""
    name = digest(os.fsencode(root.absolute())).hex()
    store = Store()
    base = _read(folder / f"{name}.base", fingerprint)
    if base is None:
        return store
    store.documents, store.objects = base
    changes = _read(folder / f"{name}.changes", fingerprint)
    if changes is not None:
        documents, objects = changes
        store.documents.update(documents)
        store.objects.update(objects)
        store.new_documents, store.new_objects = documents, objects
        store.changed_before = len(documents) + len(objects)
    return store


def save(store: Store, folder: Path, root: Path, fingerprint: bytes) -> None:
    """Write what this run added: to the small file when it is little, else everything anew."""
    changed = len(store.new_documents) + len(store.new_objects)
    if changed == store.changed_before:
        return
    name = digest(os.fsencode(root.absolute())).hex()
    # A cache is a convenience: without the room or the right to write one, the run was still right.
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = len(store.documents) + len(store.objects)
        if changed > _REWRITE_AT or (store.changed_before == 0 and changed > known // 2):
            _write(folder / f"{name}.base", fingerprint, store.documents, store.objects)
            (folder / f"{name}.changes").unlink(missing_ok=True)
        else:
            _write(folder / f"{name}.changes", fingerprint, store.new_documents, store.new_objects)


def _write(file: Path, fingerprint: bytes, documents: Mapping[str, Any], objects: Mapping[str, Any]) -> None:
    payload = pickle.dumps((documents, objects), pickle.HIGHEST_PROTOCOL)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(fingerprint)
            out.write(payload)
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    # What processes left that were killed while they wrote.
    for left in file.parent.glob(f"*{_UNFINISHED}"):
        if left.stat().st_mtime < file.stat().st_mtime - _FORGOTTEN:
            left.unlink(missing_ok=True)


def _read(file: Path, fingerprint: bytes) -> tuple[dict[str, Any], dict[str, Any]] | None:
    try:
        with file.open("rb") as content:
            if content.read(len(fingerprint)) != fingerprint:
                return None
            found = _Unpickler(content).load()
    except OSError:
        return None
    except (pickle.UnpicklingError, EOFError, AttributeError, TypeError, ValueError, IndexError, KeyError, ImportError):
        return None  # a damaged cache is thrown away and made anew
    return found if isinstance(found, tuple) and len(found) == 2 else None


class _Unpickler(pickle.Unpickler):
    """Makes only what the store can hold: this package's records and enumerations, dates, and Python's own containers."""

    def find_class(self, module: str, name: str) -> Callable[..., object]:
        if module == "datetime" and name in {"date", "datetime"}:
            return getattr(datetime, name)  # type: ignore[no-any-return]  # one of two classes
        if module == "builtins" and name in {"set", "frozenset", "complex", "bytearray"}:
            return {"set": set, "frozenset": frozenset, "complex": complex, "bytearray": bytearray}[name]
        if module.startswith("generator.") and "." not in name:
            found = super().find_class(module, name)
            if (
                isinstance(found, type)
                and found.__module__ == module
                and (is_dataclass(found) or issubclass(found, enum.Enum | tuple))
            ):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a cache")


@dataclass(frozen=True, slots=True)
class Memory:
    """The cache of one pack: what earlier runs left, and where this run's results go."""

    root: Path
    folder: Path
    fingerprint: bytes
    store: Store
    started_ns: int

    @classmethod
    def open(cls, root: Path) -> Memory:
        """Read the cache of a pack."""
        folder, fingerprint = cache_folder(os.environ), code_fingerprint()
        return cls(root, folder, fingerprint, open_store(folder, root, fingerprint), time.time_ns())

    def save(self) -> None:
        """Write what is new."""
        save(self.store, self.folder, self.root, self.fingerprint)
