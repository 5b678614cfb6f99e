"""Tests on a real Splunk: `SplunkBackend`, the same protocol as the embedded engine's.

Events are read and broken as the embedded engine does (so both search the same ones), moved, and sent with their times; each
test has an index of its own, since a deleted event still takes part in a data model's summaries. The saved search is dispatched as
it is in the app, at the given present (`dispatch.now`) and with its own window, and polled until it is done. A search that would read
events of the server's own (an index that was there before, as `risk`) is refused: its result would say nothing about the test.

Left out on purpose: real-time searches, scheduled runs, alert actions: what the actions would write is judged from the rows.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from generator.backends.base import Found
from generator.backends.embedded import EmbeddedBackend
from generator.backends.splunk.collector import Collector
from generator.backends.splunk.foreign import has_own_times, named_indexes
from generator.backends.splunk.installing import TemporaryApp
from generator.backends.splunk.rest import Rest, RestError, named
from generator.backends.splunk.workspace import Workspace
from generator.base.diagnostics import BackendError
from generator.engine.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from generator.backends.base import Dispatch, EventData, Extent, Row
    from generator.backends.splunk.target import SplunkTarget

MARK = "contentpack_run"
"""The indexed field that tells events of a run in an index that was there before: they can be deleted, and nothing else is."""

_PAGE = 10_000
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 1.0


class SplunkBackend:
    """A `Backend` on a server. `now` (seconds since 1970) is what searches take for the present, `timeout` the longest of one."""

    def __init__(self, target: SplunkTarget, now: float, *, timeout: float = 300.0, searchable: float = 60.0) -> None:
        self.target = target
        self._now = now
        self._timeout = timeout
        self._searchable = searchable
        self._rest = Rest(target)
        self._workspace: Workspace | None = None
        self._collector: Collector | None = None
        self._app: TemporaryApp | None = None
        self._reader = EmbeddedBackend(now)
        self._index = ""
        self._marked: dict[str, int] = {}
        self.version = ""

    @property
    def name(self) -> str:
        """`splunk`."""
        return "splunk"

    @property
    def now(self) -> float:
        """What searches take for the present, in seconds since 1970."""
        return self._now

    def __enter__(self) -> Self:
        """Log in and make what tests need.

        Raises:
            BackendError: the server cannot be reached, or refuses something.
        """
        about = self._rest.connect()
        self.version = str(about.get("version", ""))
        workspace = Workspace(self._rest)
        self._workspace = workspace
        try:
            workspace.prepare()
        except BaseException:
            workspace.leave()
            raise
        self._collector = Collector(self.target, workspace.token, wait=self._searchable)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put back what was changed.

        Raises:
            BackendError: something could not be, and nothing else went wrong.
        """
        if self._collector is not None:
            self._collector.close()
        self._reader.__exit__(kind, error, trace)
        left = []
        if self._app is not None:
            try:
                self.clear()
            except BackendError as kept:
                left.append(f"events of the run: {kept}")
        left += self._workspace.leave() if self._workspace is not None else []
        self._workspace = None
        self._app = None
        if left:
            told = f"{self.target.rest} keeps what tests have made or changed: {'; '.join(left)}"
            if error is None:
                raise BackendError(told)
            error.add_note(told)

    def install(self, app: Path, others: Sequence[Path] = ()) -> None:
        """Install the folder of a rendered app in a temporary app, in place of the one before.

        Raises:
            BackendError: it was refused.
        """
        self._reader.install(app, others)
        if self._app is not None:
            self._rest.delete(named("apps/local", self._app.name))
        self._app = TemporaryApp(self._space, app, others, self._run_text)
        self._app.make()

    @property
    def _space(self) -> Workspace:
        if self._workspace is None:
            raise BackendError("the backend was not entered")
        return self._workspace

    @property
    def _installed(self) -> TemporaryApp:
        if self._app is None:
            raise BackendError(f"no app is installed on {self.target.rest}")
        return self._app

    # --- events ------------------------------------------------------------------------------------------------------

    def measure(self, data: EventData) -> Extent:
        """Return how many events a data set has and over what time, without its shift.

        Raises:
            DatasetError: it cannot be read.
        """
        return self._reader.measure(data)

    def load(self, data: Sequence[EventData]) -> int:
        """Send events and wait until searches find them; return how many they are.

        Raises:
            DatasetError: a file cannot be read.
            BackendError: they were refused, or not found in time.
        """
        if self._collector is None:
            raise BackendError("the backend was not entered")
        space = self._space
        if not self._index:
            self._index = space.new_index()
            space.search_by_default([self._index])
            self._marked = {self._index: 0}
        count = 0
        for one in data:
            index = one.index or self._index
            if index not in self._marked:
                space.named_index(index)
                self._marked[index] = self._count(index)
                space.search_by_default(list(self._marked))
            sent = self._collector.send(self._events(one, index))
            self._marked[index] += sent
            count += sent
        for index, expected in self._marked.items():
            self._await(index, expected)
        return count

    def _events(self, data: EventData, index: str) -> Iterator[dict[str, Any]]:
        events = self._reader.events(data)
        columns = [events.column(name) for name in ("_raw", "_time", "host", "source", "sourcetype")]
        lists = [[None] * events.length if column is None else column.to_list() for column in columns]
        for raw, at, host, source, sourcetype in zip(*lists, strict=True):
            yield {
                "event": str(raw or " "),
                "time": f"{float(at if isinstance(at, int | float) else self._now):.3f}",
                "host": str(host or "localhost"),
                "source": str(source or data.source),
                "sourcetype": str(sourcetype or data.sourcetype),
                "index": index,
                **({} if self._space.made(index) else {"fields": {MARK: self._space.run}}),
            }

    def _count(self, index: str) -> int:
        rows = self._run_text(f'| tstats count where index="{index}"', earliest="0", latest="")
        return int(str(rows[0].get("count", "0"))) if rows else 0

    def _await(self, index: str, expected: int) -> None:
        until = time.monotonic() + self._searchable
        pause = _FIRST_PAUSE
        while (found := self._count(index)) < expected:
            if time.monotonic() > until:
                raise BackendError(
                    f"{self.target.rest} finds {found:,} of {expected:,} events in the index {index} after {self._searchable:g} s"
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def clear(self) -> None:
        """Forget the loaded events: the next ones get a new index, and those in the server's own indexes are deleted.

        Raises:
            BackendError: the server refuses.
        """
        for name, count in self._marked.items():
            if self._space.made(name):
                self._space.drop_index(name)
            elif count:
                self._run_text(f'search index="{name}" {MARK}::{self._space.run} | delete')
        self._index = ""
        self._marked = {}

    # --- searches ----------------------------------------------------------------------------------------------------

    def window(self, dispatch: Dispatch) -> tuple[str | float, str | float]:
        """Return the bounds that a dispatched search has: the given ones, or those of the saved search."""
        return self._reader.window(dispatch)

    def search(self, dispatch: Dispatch) -> Found:
        """Dispatch a search and wait for its end.

        Raises:
            SearchError: the server refuses the search.
            BackendError: it did not end in time, or the server cannot be reached.
        """
        app = self._installed
        earliest, latest = self.window(dispatch)
        times = {
            "dispatch.earliest_time": "0" if earliest == "" else str(earliest),
            "dispatch.latest_time": str(latest),
            "dispatch.now": f"{self._now:.3f}",
        }
        started = time.perf_counter()
        text = dispatch.spl if dispatch.spl is not None else app.settings(dispatch.name or "").get("search", "")
        self._refuse_foreign(text, times)
        if dispatch.spl is None:
            name = dispatch.name or ""
            app.ensure_search(name)
            path = f"{named('saved/searches', name)}/dispatch"
            answer = self._ask(path, text, trigger_actions=0, force_dispatch=1, **times)
        else:
            app.ensure_text(text)
            answer = self._ask(
                "search/jobs",
                text,
                search=_begun(text),
                earliest_time=times["dispatch.earliest_time"],
                latest_time=times["dispatch.latest_time"] or None,
                now=times["dispatch.now"],
                adhoc_search_level="smart",
            )
        return self._found(str(answer["sid"]), text, started)

    def _refuse_foreign(self, text: str, times: dict[str, str]) -> None:
        """Refuse a search that would read events of the server's own.

        Raises:
            BackendError: an index that it reads holds some in its window.
        """
        whole = self._reader.engine.expander.expand(text).text
        read = {*named_indexes(whole, self._space.known_indexes()), *self._marked}
        own = sorted(name for name in read if not self._space.made(name))
        if not own:
            return
        times = {
            **times,
            **({"dispatch.earliest_time": "0", "dispatch.latest_time": ""} if has_own_times(whole) else {}),
        }
        listed = " OR ".join(f'index="{name}"' for name in own)
        asked = f"search ({listed}) NOT {MARK}::{self._space.run} | head 1 | table index"
        answer = self._ask(
            "search/jobs",
            asked,
            search=asked,
            earliest_time=times["dispatch.earliest_time"],
            latest_time=times["dispatch.latest_time"] or None,
            now=times["dispatch.now"],
        )
        sid = str(answer["sid"])
        rows = self._rows(sid, int(self._ended(sid, asked).get("resultCount", 0)))[1]
        if rows:
            raise BackendError(
                f"the index {rows[0].get('index')} of {self.target.rest} holds events of its own, which would take part in this search; "
                "run it on a server without such events, or in a container (--container auto)"
            )

    def _ask(self, path: str, text: str, **form: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            return self._rest.post(path, owner=self._space.user, app=self._installed.name, **form)
        except RestError as error:
            if error.status == 400:
                raise SearchError(error.text, text=text) from error
            raise

    def _found(self, sid: str, text: str, started: float) -> Found:
        content = self._ended(sid, text)
        fields, rows, messages = self._rows(sid, int(content.get("resultCount", 0)))
        told = [f"{one.get('type', 'INFO')}: {one.get('text', '')}" for one in content.get("messages", [])]
        return Found(
            fields=fields,
            rows=rows,
            messages=tuple(dict.fromkeys([*told, *messages])),
            events=int(content.get("scanCount", 0)),
            seconds=time.perf_counter() - started,
            search=str(content.get("optimizedSearch") or text),
        )

    def _ended(self, sid: str, text: str) -> dict[str, Any]:
        """Wait until a job is done; return its properties."""
        until = time.monotonic() + self._timeout
        pause = _FIRST_PAUSE
        user, app = self._space.user, self._installed.name
        while True:
            content = self._rest.content(named("search/jobs", sid), owner=user, app=app) or {}
            if str(content.get("isFailed")).lower() in {"1", "true"}:
                messages = [one for one in content.get("messages", []) if one.get("type") in {"FATAL", "ERROR"}]
                raise SearchError(
                    "; ".join(str(one.get("text", "")) for one in messages) or "the job failed", text=text
                )
            if str(content.get("isDone")).lower() in {"1", "true"}:
                return content
            if time.monotonic() > until:
                self._rest.post(f"{named('search/jobs', sid)}/control", owner=user, app=app, action="cancel")
                raise BackendError(f"the search did not end within {self._timeout:g} s and was cancelled")
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _rows(self, sid: str, count: int) -> tuple[tuple[str, ...], tuple[Row, ...], tuple[str, ...]]:
        fields: dict[str, None] = {}
        rows: list[Row] = []
        messages: dict[str, None] = {}
        path = f"{named('search/jobs', sid)}/results"
        while True:
            page = self._rest.get(path, owner=self._space.user, app=self._installed.name, count=_PAGE, offset=len(rows))
            found = page.get("results", [])
            rows.extend({key: value for key, value in row.items() if not key.startswith("$")} for row in found)
            fields.update(dict.fromkeys(field["name"] for field in page.get("fields", [])))
            messages.update(dict.fromkeys(f"{one.get('type')}: {one.get('text')}" for one in page.get("messages", [])))
            if not found or len(rows) >= count:
                return tuple(fields), tuple(rows), tuple(messages)

    def _run_text(self, text: str, *, earliest: str = "0", latest: str = "") -> tuple[Row, ...]:
        """Run a text of ours to its end and return its rows."""
        answer = self._ask("search/jobs", text, search=_begun(text), earliest_time=earliest, latest_time=latest or None)
        sid = str(answer["sid"])
        content = self._ended(sid, text)
        return self._rows(sid, int(content.get("resultCount", 0)))[1]


def _begun(text: str) -> str:
    """Return a text as `search/jobs` takes it: with its first command."""
    begun = text.lstrip()
    return text if begun.startswith("|") or begun.lower().startswith("search ") else f"search {begun}"
