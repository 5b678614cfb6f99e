"""`Engine`: the embedded search engine with commands, functions and the knowledge of apps; `EmbeddedBackend`: tests over it.

Both run in this process. Events of a file are read once and moved as each test needs it.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from generator.backends.base import Extent, Found
from generator.backends.knowledge import AppKnowledge
from generator.backends.macros import check_arguments, macro_text
from generator.base.diagnostics import BackendError
from generator.commands import load_commands
from generator.engine.api import SearchEngine
from generator.engine.env import Env
from generator.engine.extract import Extraction
from generator.engine.ingest import ingest
from generator.engine.moving import moved
from generator.engine.table import Table
from generator.functions import FunctionTable
from generator.functions.check import check_calls
from generator.functions.static import static_text
from generator.spl.macros import MacroExpander

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from generator.backends.base import Dispatch, EventData
    from generator.engine.extract import EventSet
    from generator.knowledge.conf import ConfStanzas
    from generator.knowledge.lookups import WrittenLookup

SHOWN_EVENTS = 5
"""Events whose texts a result carries."""
MAX_KEPT = 2_000_000
"""Events of files that are kept for the next test; more are read anew."""


class Engine(SearchEngine):
    """Searches over loaded events: `load`, then `search`. `apps` are Splunk app folders, `now` fixes the clock."""

    def __init__(self, apps: Iterable[Path | str] = (), now: float | None = None) -> None:
        commands = load_commands()
        functions = FunctionTable()
        knowledge = AppKnowledge(map(Path, apps), lambda: environment())  # noqa: PLW0108 - defined below
        self.expander = expander = MacroExpander(
            knowledge.macro,
            evaluate=lambda text: static_text(text, commands) or macro_text(text, environment()),
            validate=lambda text, macro, args: check_arguments(text, macro, args, environment()),
        )

        def expand(text: str) -> str:
            return expander.expand(text).text

        def environment() -> Env:
            return Env(
                text="",
                commands=commands,
                functions=functions,
                knowledge=knowledge,
                events=lambda: Table(0),
                expand=expand,
                now=self.now,
            )

        self.extraction = Extraction(knowledge.settings, environment)
        super().__init__(
            commands=commands,
            functions=functions,
            knowledge=knowledge,
            ingest=partial(ingest, extraction=self.extraction),
            expand=expand,
            check=check_calls,
            warnings=lambda: self.extraction.warnings,
            now=now,
        )
        self.knowledge = knowledge

    def read_saved_searches(self) -> None:
        """Read the saved searches of the apps anew, after their files have changed."""
        self.knowledge.read_saved_searches()

    def changed_lookups(self) -> list[WrittenLookup]:
        """Return the lookups that searches have written since this was asked last."""
        return self.knowledge.settings.lookups.changed()


class EmbeddedBackend:
    """A `Backend` in this process. `now` (seconds since 1970) is what searches take for the present.

    A test whose search writes to a lookup would be seen by the next one: install the app again between them.
    """

    def __init__(self, now: float) -> None:
        self._now = now
        self._engine: Engine | None = None
        self._searches: ConfStanzas = {}
        self._kept: dict[tuple[Any, ...], EventSet] = {}

    @property
    def name(self) -> str:
        """`embedded`."""
        return "embedded"

    @property
    def now(self) -> float:
        """What searches take for the present, in seconds since 1970."""
        return self._now

    @property
    def engine(self) -> Engine:
        """The engine with the installed app.

        Raises:
            BackendError: no app is installed.
        """
        if self._engine is None:
            raise BackendError("no app is installed in the embedded engine")
        return self._engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine = None
        self._kept.clear()

    def install(self, app: Path, others: Sequence[Path] = ()) -> None:
        """Install the folder of a rendered app, with others; events of the app before are forgotten.

        Raises:
            BackendError: the folder is no app.
        """
        if not (app / "default").is_dir():
            raise BackendError(f"{app} is no Splunk app: it has no folder `default`")
        self._kept.clear()
        self._engine = Engine((*others, app), now=self._now)
        self._searches = self._engine.knowledge.stanzas("savedsearches")

    def measure(self, data: EventData) -> Extent:
        """Return how many events a data set has and over what time, without its shift.

        Raises:
            DatasetError: it cannot be read.
        """
        events = self._events(data)
        if not events.length:
            return Extent(0)
        column = events.column("_time")
        if column is None:
            return Extent(events.length)
        times = column.numbers
        return Extent(events.length, float(times.min()), float(times.max()))

    def load(self, data: Sequence[EventData]) -> int:
        """Load events, return how many they are.

        Raises:
            DatasetError: a file cannot be read.
        """
        count = 0
        for one in data:
            events = self.events(one)
            if events.length:
                self.engine.store.add(events)
            count += events.length
        return count

    def events(self, data: EventData) -> EventSet:
        """Return the events of a data set, moved as it asks for.

        Raises:
            DatasetError: it cannot be read.
        """
        events = self._events(data)
        return moved(events, data.shift, data.texts) if data.shift or data.texts else events

    def _events(self, data: EventData) -> EventSet:
        key = (data.data, data.sourcetype, data.source, data.host, data.index)
        found = self._kept.get(key)
        if found is None:
            engine = self.engine
            found = ingest(
                data.data,
                sourcetype=data.sourcetype or None,
                source=data.source or None,
                host=data.host,
                index=data.index,
                now=self._now,
                extraction=engine.extraction,
            )
            if sum(kept.length for kept in self._kept.values()) + found.length > MAX_KEPT:
                self._kept.clear()
            self._kept[key] = found
        return found

    def clear(self) -> None:
        """Forget the loaded events."""
        self.engine.clear()

    def window(self, dispatch: Dispatch) -> tuple[str | float, str | float]:
        """Return the bounds that a dispatched search has: the given ones, or those of the saved search."""
        stanza = self._stanza(dispatch.name) if dispatch.name is not None else {}
        return (
            stanza.get("dispatch.earliest_time", "") if dispatch.earliest is None else dispatch.earliest,
            stanza.get("dispatch.latest_time", "") if dispatch.latest is None else dispatch.latest,
        )

    def search(self, dispatch: Dispatch) -> Found:
        """Run a search to its end.

        Raises:
            SearchError: the search is wrong.
            UnsupportedSpl: the engine cannot run it.
            BackendError: there is no such saved search.
        """
        engine = self.engine
        text = dispatch.spl
        if text is None:
            text = self._stanza(dispatch.name or "").get("search", "")
        earliest, latest = self.window(dispatch)
        result = engine.search(text, earliest, latest)
        explanation = None
        rows = tuple(result.rows)
        if not rows and dispatch.explain:
            explanation = engine.explain(text, earliest, latest)
        searched = engine.events(earliest, latest)
        texts = searched.head(SHOWN_EVENTS).column("_raw").to_list() if searched.length else []
        return Found(
            fields=tuple(result.fields),
            rows=rows,
            messages=tuple(f"{message.kind}: {message.text}" for message in result.messages),
            events=searched.length,
            seconds=result.seconds,
            search=engine.expander.expand(text).text,
            explanation=explanation,
            stages=tuple(
                (stage.command, " ".join(stage.text.split()), stage.rows_in, stage.rows_out, stage.seconds)
                for stage in result.stages
            ),
            raw=tuple(str(text) for text in texts if text is not None),
        )

    def _stanza(self, name: str) -> dict[str, str]:
        settings = self._searches.get(name)
        if settings is None:
            raise BackendError(f"the app has no saved search `{name}`")
        return {key: setting.value for key, setting in settings.items()}
