"""The engine behind the server: two threads, one that indexes and checks, one that searches.

The engine is not made for several threads, so each has one of its own: the front one never holds events and reads incoming data and
the syntax of searches at once, however long a search takes; the back one holds the events and runs one search after another.
Both are made anew when the configuration that they have read has changed.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from generator.backends.embedded import Engine
from generator.base.diagnostics import GeneratorError
from generator.base.frozen import dataclass
from generator.commands import load_commands
from generator.engine.api import Scope
from generator.engine.column import constant, unencoded
from generator.engine.errors import SearchError
from generator.engine.ingest import Piece, event_set, ingest_pieces, ingest_ready
from generator.engine.store import EventStore
from generator.engine.table import Table
from generator.splunkd.accesslog import INDEX
from generator.splunkd.disk import write_atomic
from generator.splunkd.events import attached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.engine.column import Column
    from generator.engine.contracts import ColumnSource
    from generator.engine.env import Message, Stage
    from generator.engine.extract import EventSet
    from generator.engine.ingest import ReadyEvent
    from generator.spl.ast import Command, Pipeline
    from generator.splunkd.accesslog import AccessLog
    from generator.splunkd.confs import Confs
    from generator.splunkd.events import Events, Segment
    from generator.splunkd.kvstore import KvStore

    T = TypeVar("T")

_IGNORED = ("savedsearches", "authorize", "indexes", "inputs", "server", "web", "app", "passwords", "alert_actions")
"""Conf files that change nothing about how events are read and searched."""
_FIRST_WORD = re.compile(r"\w+")


class StoppedError(GeneratorError):
    """A search was cancelled, or took too long."""


class Stop:
    """Ends a running search between two of its commands."""

    def __init__(self, seconds: float) -> None:
        self._asked = threading.Event()
        self._seconds = seconds
        self._deadline: float | None = None

    def ask(self) -> None:
        """Ask the search to end."""
        self._asked.set()

    def begin(self) -> None:
        """Note that the search begins."""
        self._deadline = time.monotonic() + self._seconds

    def check(self) -> None:
        """Raise an error where the search has to end.

        Raises:
            StoppedError: it has.
        """
        if self._asked.is_set():
            raise StoppedError("The search was cancelled.")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise StoppedError(f"The search took longer than {self._seconds:g} seconds and was ended.")


@dataclass(frozen=True, slots=True)
class Query:
    """A search to run: `text` as `search_text` gives it. `rows` take the place of events, `now` that of the clock."""

    text: str
    user: str
    earliest: str | float | None
    latest: str | float | None
    indexes: tuple[str, ...]
    stop: Stop
    can_delete: bool = False
    fast: bool = False
    max_count: int = 500_000
    required: tuple[str, ...] = ()
    rows: Sequence[Mapping[str, object]] | None = None
    now: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search gave: `table` stands alone and keeps no events. `total` counts all rows, also those beyond `max_count`."""

    table: Table
    events: bool
    total: int
    messages: tuple[Message, ...]
    stages: tuple[Stage, ...]
    seconds: float
    earliest: float | None
    latest: float | None


class Searcher:
    """See the module. `now` fixes the clock of searches (None = the real one)."""

    def __init__(
        self, confs: Confs, events: Events, access: AccessLog, kvstore: KvStore, now: float | None = None
    ) -> None:
        self._confs = confs
        self._kvstore = kvstore
        self._access = access
        self._events = events
        self._now = now
        self._front_pool = ThreadPoolExecutor(1, "contentpack-index")
        self._back_pool = ThreadPoolExecutor(1, "contentpack-search")
        self._front = _Holder(confs, now)
        self._back = _Holder(confs, now)
        self._attached: dict[int, tuple[Segment, EventSet]] = {}
        self._state: tuple[int, int, bool] | None = None

    def close(self) -> None:
        """End both threads once they are done."""
        self._front_pool.shutdown(wait=True, cancel_futures=True)
        self._back_pool.shutdown(wait=True, cancel_futures=True)

    async def _in_front(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._front_pool, work)

    async def _behind(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._back_pool, work)

    # --- indexing ----------------------------------------------------------------------------------------------------

    async def index_text(
        self,
        data: bytes | Path,
        *,
        sourcetype: str | None,
        source: str | None,
        host: str | None,
        index: str,
        at: float | None = None,
    ) -> int:
        """Index text or a file as the rules of its sourcetype say; return how many events it gave.

        `at` is the time of all events, in place of those in their texts.

        Raises:
            DatasetError: it cannot be read.
            ApiError: there are too many events.
        """

        def work() -> int:
            engine = self._front.engine("")
            pieces = ingest_pieces(
                data,
                sourcetype=sourcetype,
                source=source,
                host=host,
                index=index,
                now=engine.now,
                extraction=engine.extraction,
            )
            if at is not None:
                pieces = [_at_time(piece, at) for piece in pieces]
            return self._events.add(pieces)

        return await self._in_front(work)

    async def index_ready(self, events: Sequence[ReadyEvent]) -> int:
        """Index events that are already apart; return how many were kept. Raises as `index_text`."""

        def work() -> int:
            engine = self._front.engine("")
            return self._events.add(ingest_ready(events, now=engine.now, extraction=engine.extraction))

        return await self._in_front(work)

    async def remove_index(self, index: str) -> None:
        """Remove all events of an index."""
        await self._in_front(lambda: self._events.drop(index))

    # --- checking ----------------------------------------------------------------------------------------------------

    async def prepare(self, text: str, user: str, *, implied: bool = False) -> tuple[str, Pipeline]:
        """Return a search of a request as the engine takes it (`search_text`), and its tree.

        Raises:
            SearchError: it is wrong.
            UnsupportedSpl: the engine cannot run it.
        """

        def work() -> tuple[str, Pipeline]:
            engine = self._front.engine(user)
            ready = search_text(text, engine, implied=implied)
            return ready, engine.verify(ready)

        return await self._in_front(work)

    async def time(self, text: str) -> float:
        """Return the moment that a time modifier means.

        Raises:
            SearchError: it is none.
        """

        def work() -> float:
            engine = self._front.engine("")
            found = engine.window(text, None)[0]
            return 0.0 if found is None else found

        return await self._in_front(work)

    # --- searching ---------------------------------------------------------------------------------------------------

    async def search(self, query: Query, begin: Callable[[], None] = lambda: None) -> Outcome:
        """Run a search; `begin` is called (in the search's thread) when its turn has come.

        Raises:
            SearchError: it is wrong.
            UnsupportedSpl: the engine cannot run it.
            StoppedError: it was cancelled or took too long.
        """

        def work() -> Outcome:
            query.stop.check()
            begin()
            query.stop.begin()
            return self._run(query)

        return await self._behind(work)

    async def in_search_thread(self, work: Callable[[], T]) -> T:
        """Run something where searches run."""
        return await self._behind(work)

    def _run(self, query: Query) -> Outcome:
        engine = self._back.engine(query.user)
        if query.rows is None:
            self._attach(engine, internal=INDEX in engine.expander.expand(query.text).text)

        def watch(_command: Command, _before: Table, _after: Table) -> None:
            query.stop.check()

        def delete(table: Table) -> None:
            if not query.can_delete:
                raise GeneratorError("You have insufficient privileges to delete events.")
            numbers = [int(str(number)) for number in table.column("_cd").to_list() if number is not None]
            self._events.delete(numbers)

        scope = Scope(indexes=query.indexes, write=self._write, delete=delete, watch=watch, now=query.now)
        result = engine.search(query.text, query.earliest, query.latest, query.rows, scope)
        table = result.table
        events = table.is_lazy and "_raw" in table
        if events and query.fast:
            names = [*table.indexed(), *(name for name in query.required if name in table)]
        else:
            names = table.names()
        shown = table.head(query.max_count)
        kept = Table(shown.length, {name: shown.column(name).compact() for name in names})
        self._keep_lookups(engine)
        query.stop.check()
        window = engine.window(query.earliest, query.latest, query.now)
        return Outcome(kept, events, table.length, result.messages, result.stages, result.seconds, *window)

    def _attach(self, engine: Engine, *, internal: bool) -> None:
        """Put all events into the engine's store, unless they are there already; `internal` ones too where a search names them."""
        generation, segments = self._events.snapshot()
        state = (generation, id(engine), internal)
        if state == self._state and not internal:
            return
        if self._state is None or self._state[1] != id(engine):
            self._attached.clear()
        found = {}
        store = EventStore()
        for segment in segments:
            known = self._attached.get(id(segment))
            events = known[1] if known is not None else attached(segment, engine.extraction)
            found[id(segment)] = (segment, events)
            store.add(events)
        if internal:
            pieces = ingest_ready(self._access.events(), now=engine.now, extraction=engine.extraction)
            store.add(event_set(pieces, engine.extraction))
        self._attached = found
        self._state = state
        engine.store = store

    def _write(self, source: ColumnSource) -> None:
        self._events.add(pieces_of(source, self._back.engine_now()))

    def _keep_lookups(self, engine: Engine) -> None:
        """Write the lookups that a search changed: collections to the KV store, others to their files."""
        for one in engine.changed_lookups():
            if one.is_collection and self._kvstore.merge(one.name, one.before, one.rows):
                continue
            out = io.StringIO()
            writer = csv.DictWriter(out, one.columns, restval="", lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(one.rows)
            write_atomic(self._lookup_file(one.name), out.getvalue().encode("utf-8", "replace"))

    def _lookup_file(self, name: str) -> Path:
        file = name if name.endswith(".csv") else f"{name}.csv"
        for app in self._confs.apps.values():
            if any((folder / "lookups" / file).is_file() for folder in app.folders()):
                return app.folder / "lookups" / file
        return self._confs.apps["search"].folder / "lookups" / file


def search_text(text: str, engine: Engine, *, implied: bool) -> str:
    """Return a search of a request as the engine takes it.

    The first word of a request is the name of a command, with or without a bar before it; `search` is `implied` in saved searches
    only.

    Raises:
        SearchError: the first word is no command.
    """
    text = text.strip()
    if text.startswith("`"):
        text = engine.expander.expand(text).text.strip()
    word = _FIRST_WORD.match(text)
    if implied or word is None or word[0].lower() == "search":
        return text
    if load_commands().get(word[0].lower()) is None:
        raise SearchError(f"Unknown search command '{word[0]}'.")
    return f"| {text}"


class _Holder:
    """An engine and what of the configuration it has read; used by one thread."""

    def __init__(self, confs: Confs, now: float | None) -> None:
        self._confs = confs
        self._now = now
        self._engine: Engine | None = None
        self._read: tuple[int, str] | None = None
        self._saved = -1

    def engine(self, user: str) -> Engine:
        """Return an engine that knows the configuration of now, with a user's private objects."""
        versions = self._confs.versions
        private = user if user and self._confs.has_private(user) else ""
        read = (self._confs.version - sum(versions[name] for name in _IGNORED), private)
        if self._engine is None or read != self._read:
            self._engine = Engine(apps=self._confs.app_folders(private), now=self._now)
            self._read = read
        elif self._saved != versions["savedsearches"]:
            self._engine.read_saved_searches()
        self._saved = versions["savedsearches"]
        return self._engine

    def engine_now(self) -> float:
        """Return the time that the engine has."""
        return time.time() if self._engine is None else self._engine.now


def pieces_of(source: ColumnSource, now: float) -> Iterable[Piece]:
    """Return events that a search made (`collect`) as they are indexed."""
    if not source.length:
        return []
    table = Table(source.length, source=source)
    keys = list(zip(*(table.column(name).to_list() for name in ("sourcetype", "source", "host")), strict=True))
    pieces = []
    for key in dict.fromkeys(keys):
        rows = [row for row, one in enumerate(keys) if one == key]
        sourcetype, origin, host = (str(part or "") for part in key)
        taken = table.take(_rows(rows))
        columns: dict[str, Column] = {
            "_time": unencoded([taken.column("_time")[row] for row in range(len(rows))]),
            "_raw": unencoded([taken.column("_raw")[row] or "" for row in range(len(rows))]),
            "_indextime": constant(int(now), len(rows)),
            "index": taken.column("index").compact(),
            "host": constant(host, len(rows)),
            "source": constant(origin or None, len(rows)),
            "sourcetype": constant(sourcetype or None, len(rows)),
            "splunk_server": constant("localhost", len(rows)),
        }
        for name in taken.names():
            if name not in columns and not name.startswith("_"):
                columns[name] = taken.column(name).compact()
        pieces.append(Piece(sourcetype, origin, host, "", "", columns, _rows(rows)))
    return pieces


def _at_time(piece: Piece, at: float) -> Piece:
    return replace(piece, columns={**piece.columns, "_time": unencoded([at] * len(piece.rows))})


def _rows(rows: list[int]) -> Any:  # noqa: ANN401 - an array
    return np.array(rows, np.intp)
