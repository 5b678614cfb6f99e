"""Files that the server writes are whole or untouched."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError

if TYPE_CHECKING:
    from pathlib import Path


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file through a temporary one beside it; its folders are made.

    Raises:
        RepositoryError: it cannot be written; the old one is then as it was.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - mkstemp gives a text path
        temporary = None
    except OSError as error:
        raise RepositoryError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            os.unlink(temporary)  # noqa: PTH108 - as above
