"""Folders that processes share: one at a time writes to one, and two of them change places in one step.

POSIX locks a folder itself and lets go of it when the process ends, however that ends. Windows can do neither; callers are
told, and go the longer way.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AT_CWD = -100  # AT_FDCWD of Linux
_SWAP = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Wait until no other process works in a folder; False where the system or the disk has no such locks."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:  # some network disks
            locked = False
        else:
            locked = True
        yield locked
    finally:
        os.close(descriptor)


def exchange(one: Path, other: Path) -> bool:
    """Let two paths of one disk change places, so that nobody sees either absent; False where that cannot be done.

    Linux has renameat2(2) for it, macOS renamex_np(2); Python has neither.
    """
    if sys.platform not in {"linux", "darwin"}:
        return False
    import ctypes  # noqa: PLC0415 - only builds over an earlier one need it

    try:
        library = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(library.renamex_np(os.fsencode(one), os.fsencode(other), _SWAP) == 0)
        return bool(library.renameat2(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _SWAP) == 0)
    except (AttributeError, OSError):  # an old C library
        return False
