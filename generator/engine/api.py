"""`Engine`: events in, searches out. What it runs with (commands, functions, knowledge, ingest) is handed in.

`generator.backends.embedded` puts it together; `from generator import Engine` is that.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.env import Env
from generator.engine.run import Result, run_search
from generator.engine.store import EventStore, in_window
from generator.engine.table import Table, from_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from generator.engine.contracts import ColumnSource, Functions, Knowledge
    from generator.engine.env import Watch
    from generator.engine.explain import Explanation
    from generator.spl.ast import Pipeline
    from generator.spl.errors import SplError
    from generator.spl.syntax import CommandTable

    Ingest = Callable[..., ColumnSource]
    Time = str | int | float | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a server adds to a search.

    `indexes` are those that a search looks into which names none. `write` keeps events that it makes, `delete` makes events
    unsearchable (see `generator.engine.env.Env`). `watch` is shown each command with the rows before and after it, and may raise
    to stop the search. `now` takes the place of the clock.
    """

    indexes: tuple[str, ...] | None = None
    write: Callable[[ColumnSource], None] | None = None
    delete: Callable[[Table], None] | None = None
    watch: Watch | None = None
    now: float | None = None


class SearchEngine:
    """Searches over loaded events. Not for use from several threads at once.

    `ingest(data, sourcetype, source, host, index, now)` turns bytes or a file into a source of columns. `expand` expands
    macros. `check` finds calls that cannot be right. `warnings` are what the rules of extraction had to leave out so far. `now` (seconds since 1970) fixes the clock.
    """

    def __init__(
        self,
        *,
        commands: CommandTable,
        functions: Functions,
        knowledge: Knowledge,
        ingest: Ingest,
        expand: Callable[[str], str],
        check: Callable[[Pipeline], list[SplError]],
        warnings: Callable[[], Iterable[str]] = tuple,
        now: float | None = None,
    ) -> None:
        self._commands = commands
        self._functions = functions
        self._knowledge = knowledge
        self._ingest = ingest
        self._expand = expand
        self._check = check
        self._warnings = warnings
        self._now = now
        self.store = EventStore()

    def load(  # noqa: PLR0917 - the order of the public contract
        self,
        data: Path | str | bytes | IO[bytes],
        sourcetype: str | None = None,
        source: str | None = None,
        host: str | None = None,
        index: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Load the events of a file or folder (a path), of bytes, or of a stream; return how many they are.

        `progress` is called with the bytes read so far and the bytes that there are (0 = not known).

        Raises:
            DatasetError: the file cannot be read.
        """
        given = Path(data) if isinstance(data, str) else data
        found = self._ingest(
            given, sourcetype=sourcetype, source=source, host=host, index=index, now=self.now, progress=progress
        )
        self.store.add(found)
        return found.length

    def clear(self) -> None:
        """Forget all loaded events."""
        self.store = EventStore()

    def events(self, earliest: Time = None, latest: Time = None) -> Table:
        """Return the loaded events of a time window, given as in `search`, newest first.

        Raises:
            SearchError: a bound is no time.
        """
        env = self._prepared("", earliest, latest, None)[0]
        return self.store.events(env.earliest, env.latest)

    @property
    def now(self) -> float:
        """The time that a search started now would have."""
        return time.time() if self._now is None else self._now

    def window(self, earliest: Time, latest: Time, now: float | None = None) -> tuple[float | None, float | None]:
        """Return the time window that a search started now would have, in seconds since 1970 (None = open).

        Raises:
            SearchError: a bound is no time.
        """
        env, _ = self._prepared("", earliest, latest, None, Scope(now=now))
        return env.earliest, env.latest

    def search(
        self,
        spl: str,
        earliest: Time = None,
        latest: Time = None,
        input: Sequence[Mapping[str, object]] | None = None,  # noqa: A002 - the contract's name (DESIGN section 4)
        scope: Scope | None = None,
    ) -> Result:
        """Run a search over the loaded events, or over the rows of `input` (lists are multivalues), in a time window.

        `earliest` and `latest` are time modifiers (`-24h@h`) or seconds since 1970. `scope` is what a server adds.

        Raises:
            SearchError: the search is wrong, as Splunk would say.
            UnsupportedSpl: this engine cannot run it.
        """
        env, rows = self._prepared(spl, earliest, latest, input, scope)
        watch = None if scope is None else scope.watch
        return replace(run_search(env, self._check, rows, watch), warnings=self._warnings)

    def verify(self, spl: str) -> Pipeline:
        """Parse and check a search without running it; return its tree.

        Raises:
            SearchError: as `search`, for what can be told without running it.
            UnsupportedSpl: as `search`.
        """
        env, _ = self._prepared(spl, None, None, None)
        tree = env.parsed()
        errors = self._check(tree)
        if errors:
            raise env.syntax_error(errors[0])
        env.verify(tree)
        return tree

    def explain(
        self,
        spl: str,
        earliest: Time = None,
        latest: Time = None,
        input: Sequence[Mapping[str, object]] | None = None,  # noqa: A002 - as in `search`
    ) -> Explanation:
        """Run a search as `search` does and say what each stage did, and why nothing was found where nothing was.

        Raises:
            SearchError: as `search`.
            UnsupportedSpl: as `search`.
        """
        from generator.engine.explain import explained  # noqa: PLC0415 - only who asks pays

        env, rows = self._prepared(spl, earliest, latest, input)
        explanation = explained(env, self._check, rows)
        return replace(explanation, result=replace(explanation.result, warnings=self._warnings))

    def _prepared(
        self,
        spl: str,
        earliest: Time,
        latest: Time,
        given: Sequence[Mapping[str, object]] | None,
        scope: Scope | None = None,
    ) -> tuple[Env, Table | None]:
        """Return the environment of a search, and the rows that were handed in."""
        rows = None if given is None else from_rows(given)

        def events() -> Table:
            if rows is not None:
                return in_window(rows, env.earliest, env.latest)
            return self.store.events(env.earliest, env.latest)

        plain = Env(
            text=self._expand(spl),
            commands=self._commands,
            functions=self._functions,
            knowledge=self._knowledge,
            events=lambda: events(),  # noqa: PLW0108 - `env` is bound below
            expand=self._expand,
            now=self.now if scope is None or scope.now is None else scope.now,
            write=self.store.add if scope is None or scope.write is None else scope.write,
            delete=None if scope is None else scope.delete,
            indexes=None if scope is None else scope.indexes,
            all_events=lambda: self.store.events() if rows is None else rows,
        )
        env = _windowed(plain, earliest, latest)
        return env, None if rows is None else events()


def _windowed(env: Env, earliest: Time, latest: Time) -> Env:
    return replace(env, earliest=_bound(env, earliest), latest=_bound(env, latest))


def _bound(env: Env, bound: Time) -> float | None:
    if bound is None or bound in {"", "0"}:
        return None
    return env.time(bound, "search") if isinstance(bound, str) else float(bound)
