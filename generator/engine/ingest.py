"""Bytes or a file become a set of events: for now each line is one, with the metadata that was given.

Line breaking, timestamps and search-time fields by sourcetype join here; see `generator.engine.contracts.ColumnSource` for
what an event set is asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.diagnostics import DatasetError
from generator.engine.column import Column, constant, unencoded

if TYPE_CHECKING:
    from collections.abc import Iterable


class Lines:
    """Events of one line each (a `ColumnSource`)."""

    __slots__ = ("_columns", "length")

    def __init__(self, columns: dict[str, Column], length: int) -> None:
        self._columns = columns
        self.length = length

    def names(self) -> Iterable[str]:
        """Return every field."""
        return list(self._columns)

    def column(self, name: str) -> Column | None:
        """Return a field's column."""
        return self._columns.get(name)


def ingest(
    data: Path | bytes,
    *,
    sourcetype: str | None,
    source: str | None,
    host: str | None,
    index: str | None,
    now: float,
) -> Lines:
    """Make events of a file or of bytes.

    Raises:
        DatasetError: the file cannot be read.
    """
    if isinstance(data, Path):
        try:
            content = data.read_bytes()
        except OSError as error:
            raise DatasetError(f"cannot read {data}: {error.strerror or error}") from error
        source = str(data) if source is None else source
    else:
        content = data
    lines = [line for line in content.decode("utf-8", errors="replace").splitlines() if line.strip()]
    length = len(lines)
    columns = {
        "_time": constant(now, length),
        "_raw": unencoded(lines),
        "_indextime": constant(int(now), length),
        "host": constant(host or "localhost", length),
        "index": constant(index or "main", length),
        "source": constant(source or "", length),
        "sourcetype": constant(sourcetype or "", length),
    }
    return Lines(columns, length)
