"""Files that the server writes are whole or untouched, on the disk before anyone is told, and their owner's alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from generator.base import files
from generator.base.diagnostics import RepositoryError

if TYPE_CHECKING:
    from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk, where the system can: a file that was renamed then has its new name after a power cut."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file as `generator.base.files.write_atomic` does; its folders are made.

    Raises:
        RepositoryError: it cannot be written; the old one is then as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RepositoryError(f"{path}: cannot be written: {error.strerror or error}") from error
    # The mode is given: to ask for the process's own is not safe with several threads.
    files.write_atomic(path, data, mode=0o600, synced=True)
