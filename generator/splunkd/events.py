"""The events of the server: indexed pieces in memory, the journal below them, and the engine's store above.

Each event has a number (`_cd`), so that it can be deleted. Pieces are `generator.engine.ingest.Piece`; small ones are put together
from time to time, since each costs every search a little. The two threads of `searcher` meet here: one indexes (`add`), the
other searches (`attach`), and a lock is held only while lists change hands. A second lock keeps the journal and the memory the same
where both write (`add` here, `delete` there).

Removed events stay in the journal until they are at least as many as the others, and the file is worth it; then it is written anew
(`compact`), at the start or after a removal. Searches go on meanwhile, writers wait.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.base.diagnostics import BackendError
from generator.engine.column import Column, Dictionary, concat, constant, encode
from generator.engine.ingest import Piece, event_set
from generator.splunkd.call import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.engine.extract import EventSet, Extraction
    from generator.splunkd.journal import Journal

log = logging.getLogger("contentpack.serve")

COMPACT_AT_START = 64 * 1024
COMPACT_RUNNING = 16 * 1024 * 1024
"""Bytes of the journal from which on it is written anew, where half of its events are gone."""

_WRITTEN = 20_000
"""Events of one record of a journal that is written anew."""
_MERGE = 32
"""Segments of one size class that are put together."""


class Segment:
    """Pieces that were indexed at one time; `events` is what the engine searches, made anew when knowledge changes."""

    __slots__ = ("length", "pieces")

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = tuple(pieces)
        self.length = sum(len(piece.rows) for piece in pieces)


class Events:
    """See the module. `max_events` and `max_bytes` (of raw text) are the most that is kept."""

    def __init__(self, journal: Journal, max_events: int, max_bytes: int) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._removed = 0
        self._segments: list[Segment] = []
        self._next = 0
        self.generation = 0
        self.max_events = max_events
        self.max_bytes = max_bytes
        self.bytes = 0
        self.counts: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()
        self.times: dict[str, tuple[float, float]] = {}

    @property
    def total(self) -> int:
        """The number of events."""
        return self.counts.total()

    # --- start -------------------------------------------------------------------------------------------------------

    def restore(self) -> int:
        """Read the journal; return how many events there are.

        Raises:
            BackendError: it is damaged, or of a newer version.
        """
        for record in self._journal.read():
            kind = record["kind"]
            if kind == "events":
                pieces = [_read_piece(piece) for piece in record["pieces"]]
                self._append(pieces)
                self._next = max(self._next, record["first"] + sum(len(piece.rows) for piece in pieces))
            elif kind == "delete":
                self._remove_numbers(record["numbers"])
            elif kind == "drop":
                self._remove_index(record["index"])
            elif kind == "next":
                self._next = max(self._next, record["number"])
            else:
                raise BackendError(f"the journal of events has a record `{kind}`, which this version does not know")
        with self._writing:
            self._compact_if_worth_it(COMPACT_AT_START)
        return self.total

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    # --- adding ------------------------------------------------------------------------------------------------------

    def full(self, size: int) -> bool:
        """Whether so many more bytes would be too much."""
        return self.total >= self.max_events or self.bytes + size > self.max_bytes

    def add(self, pieces: Iterable[Piece]) -> int:
        """Keep indexed events, on disk first; return how many. Called by the indexing thread only.

        Raises:
            ApiError: 503 where there are too many.
            BackendError: they cannot be written.
        """
        kept = [piece for piece in pieces if len(piece.rows)]
        length = sum(len(piece.rows) for piece in kept)
        if not length:
            return 0
        if self.total + length > self.max_events:
            raise ApiError(503, f"The server holds at most {self.max_events} events; delete some or raise the limit.")
        with self._lock:
            first = self._next
            self._next += length
        numbered = _numbered(kept, first)
        with self._writing:
            self._journal.append(
                {"kind": "events", "first": first, "pieces": [_written_piece(piece) for piece in numbered]}
            )
            with self._lock:
                self._append(numbered)
        return length

    def _append(self, pieces: Sequence[Piece]) -> None:
        self._segments.append(Segment(pieces))
        for piece in pieces:
            self._count(piece, 1)
        self.generation += 1

    def _count(self, piece: Piece, sign: int) -> None:
        names = piece.columns["index"].to_list()
        sizes = [len(str(raw)) for raw in piece.columns["_raw"].to_list()]
        times = piece.columns["_time"].numbers
        for name in dict.fromkeys(names):
            mask = np.array([one == name for one in names]) if len(set(names)) > 1 else np.ones(len(names), np.bool_)
            index = str(name)
            size = sum(one for one, inside in zip(sizes, mask.tolist(), strict=True) if inside)
            self.counts[index] += sign * int(mask.sum())
            self.sizes[index] += sign * size
            self.bytes += sign * size
            if sign > 0:
                low, high = float(np.nanmin(times[mask])), float(np.nanmax(times[mask]))
                known = self.times.get(index, (low, high))
                self.times[index] = (min(low, known[0]), max(high, known[1]))
        if not self.counts:
            self.bytes = 0

    # --- removing ----------------------------------------------------------------------------------------------------

    def delete(self, numbers: Sequence[int]) -> None:
        """Remove events by their numbers.

        Raises:
            BackendError: it cannot be written down.
        """
        if not numbers:
            return
        with self._writing:
            self._journal.append({"kind": "delete", "numbers": list(numbers)})
            with self._lock:
                self._remove_numbers(numbers)
            self._compact_if_worth_it(COMPACT_RUNNING)

    def drop(self, index: str) -> None:
        """Remove all events of an index."""
        if not self.counts[index]:
            return
        with self._writing:
            self._journal.append({"kind": "drop", "index": index})
            with self._lock:
                self._remove_index(index)
            self._compact_if_worth_it(COMPACT_RUNNING)

    def _compact_if_worth_it(self, least: int) -> None:
        """Write the journal anew where it is large and half of it is gone; a failure is told and changes nothing."""
        if self._journal.size < least or self._removed < self.total:
            return
        try:
            self._journal.rewrite(self._records())
        except BackendError as error:
            log.warning("the journal was not made smaller: %s", error)
            return
        self._removed = 0

    def _records(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            segments = list(self._segments)
        yield {"kind": "next", "number": self._next}
        for segment in segments:
            for piece in segment.pieces:
                for start in range(0, len(piece.rows), _WRITTEN):
                    mask = np.zeros(len(piece.rows), np.bool_)
                    mask[start : start + _WRITTEN] = True
                    part = piece if mask.all() else _taken(piece, mask)
                    yield {"kind": "events", "first": 0, "pieces": [_written_piece(part)]}

    def _remove_numbers(self, numbers: Sequence[int]) -> None:
        gone = np.array(sorted(numbers), np.intp)
        self._filter(lambda piece: ~np.isin(piece.rows, gone))

    def _remove_index(self, index: str) -> None:
        self._filter(lambda piece: ~piece.columns["index"].test(lambda value: value == index))
        self.times.pop(index, None)

    def _filter(self, kept: Any) -> None:  # noqa: ANN401 - a function of a piece that gives a mask
        segments = []
        for segment in self._segments:
            masks = [kept(piece) for piece in segment.pieces]
            if all(mask.all() for mask in masks):
                segments.append(segment)
                continue
            pieces = []
            for piece, mask in zip(segment.pieces, masks, strict=True):
                if not mask.all():
                    self._removed += int((~mask).sum())
                    self._count(_taken(piece, ~mask), -1)
                if mask.any():
                    pieces.append(piece if mask.all() else _taken(piece, mask))
            if pieces:
                segments.append(Segment(pieces))
        self._segments = segments
        self.generation += 1

    # --- searching ---------------------------------------------------------------------------------------------------

    def snapshot(self) -> tuple[int, list[Segment]]:
        """Return the segments as they are now, small ones put together, and the number of this state."""
        with self._lock:
            merged = _merged(self._segments)
            if merged is not self._segments:
                self._segments = merged
            return self.generation, list(self._segments)


def attached(segment: Segment, extraction: Extraction) -> EventSet:
    """Return a segment as the engine searches it."""
    return event_set(segment.pieces, extraction)


# --- pieces ----------------------------------------------------------------------------------------------------------


def _numbered(pieces: Sequence[Piece], first: int) -> list[Piece]:
    """Return pieces whose rows are numbered from `first` on over all of them, also in their column `_cd`."""
    order = np.argsort(np.concatenate([piece.rows for piece in pieces]), kind="stable")
    ranks = np.empty(len(order), np.intp)
    ranks[order] = np.arange(len(order))
    made = []
    place = 0
    for piece in pieces:
        numbers = ranks[place : place + len(piece.rows)] + first
        place += len(piece.rows)
        made.append(_with(piece, {**piece.columns, "_cd": _numbers(numbers.tolist())}, numbers))
    return made


def _numbers(values: list[int]) -> Column:
    return Column(Dictionary([None, *values]), np.arange(1, len(values) + 1, dtype=np.int32))


def _with(piece: Piece, columns: dict[str, Column], rows: Any) -> Piece:  # noqa: ANN401 - an array
    return Piece(piece.sourcetype, piece.source, piece.host, piece.form, piece.kv_mode, columns, rows)


def _taken(piece: Piece, mask: Any) -> Piece:  # noqa: ANN401 - a mask
    columns = {name: column.take(mask).compact() for name, column in piece.columns.items()}
    return _with(piece, columns, piece.rows[mask])


def _merged(segments: list[Segment]) -> list[Segment]:
    """Put the last segments together where many of about one size stand in a row; return the list itself where not."""
    if len(segments) < _MERGE:
        return segments
    tail = segments[-_MERGE:]
    smallest = min(segment.length for segment in tail)
    if max(segment.length for segment in tail) > max(_MERGE * smallest, 1000) and len(segments) < 8 * _MERGE:
        return segments
    groups: dict[tuple[str, ...], list[Piece]] = {}
    for segment in tail:
        for piece in segment.pieces:
            key = (piece.sourcetype, piece.source, piece.host, piece.form, piece.kv_mode, *sorted(piece.columns))
            groups.setdefault(key, []).append(piece)
    pieces = []
    for parts in groups.values():
        columns = {name: concat([part.columns[name] for part in parts]) for name in parts[0].columns}
        pieces.append(_with(parts[0], columns, np.concatenate([part.rows for part in parts])))
    return _merged([*segments[:-_MERGE], Segment(pieces)])


def _written_piece(piece: Piece) -> dict[str, Any]:
    return {
        "about": [piece.sourcetype, piece.source, piece.host, piece.form, piece.kv_mode],
        "rows": piece.rows.tolist(),
        "columns": {name: _written(column) for name, column in piece.columns.items() if name != "_cd"},
    }


def _written(column: Column) -> Any:  # noqa: ANN401 - JSON
    if len(column.values) == 2 and bool(column.codes.all()):
        return {"all": column.values[1]}
    return column.to_list()


def _read_piece(data: Any) -> Piece:  # noqa: ANN401 - JSON
    rows = np.array(data["rows"], np.intp)
    columns: dict[str, Column] = {}
    for name, cells in data["columns"].items():
        if isinstance(cells, dict):
            columns[name] = constant(_cell(cells["all"]), len(rows))
        elif name in {"_raw", "_time"}:
            columns[name] = Column(Dictionary([None, *cells]), np.arange(1, len(cells) + 1, dtype=np.int32))
        else:
            columns[name] = encode(map(_cell, cells))
    columns["_cd"] = _numbers(rows.tolist())
    sourcetype, source, host, form, kv_mode = data["about"]
    return Piece(sourcetype, source, host, form, kv_mode, columns, rows)


def _cell(value: Any) -> Any:  # noqa: ANN401 - JSON becomes a cell
    return tuple(value) if isinstance(value, list) else value
