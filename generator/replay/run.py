"""Tests are run: data located, moved and loaded, the saved search of the rendered app dispatched, its result judged.

`Runner` does one test after the other on one backend; `run_tests` spreads them over the machine's cores by forking, those over the
same data behind each other, since a worker reads a file once. What goes wrong with one test is that test's outcome, never the
run's end.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.backends.base import Dispatch, EventData
from generator.base.diagnostics import BackendError, DatasetError, GeneratorError, UnsupportedSpl
from generator.base.frozen import dataclass
from generator.base.parallel import fork_map
from generator.commands.iplocation import NO_PLACES
from generator.content.positions import locate
from generator.knowledge.attack import builtin_attack
from generator.replay.actions import risk_events, stash
from generator.replay.datasets import MissingDataError
from generator.replay.judge import judge, notes
from generator.replay.placing import Placement, place, window_of
from generator.replay.plan import by_hand
from generator.replay.reasons import reason_lines
from generator.replay.results import Mismatch, Outcome, StageCount, TestResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from generator.backends.base import Backend, Extent, Found
    from generator.replay.app import RenderedApp
    from generator.replay.datasets import DataStore
    from generator.replay.placing import Window
    from generator.replay.plan import Planned

SAMPLE_ROWS = 10
SAMPLE_TEXT = 4_000
"""Rows, and characters of a value or an event, that a result carries for reports."""

_STASH = "stash"
_RISK = "risk"


class TestTimeoutError(BackendError):
    """A test took longer than it may."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How tests are run: `now` in seconds since 1970, `timeout` in seconds for one test (0: none).

    `all_time` searches everything and moves nothing, as contentctl does.
    """

    now: float
    all_time: bool = False
    timeout: float = 0.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A test whose data are loaded: the saved search, the window it is dispatched with, and what the result should tell."""

    planned: Planned
    name: str
    settings: Mapping[str, str]
    earliest: str | float
    latest: str | float
    notes: tuple[str, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()

    def dispatch(self, spl: str | None = None, *, explain: bool = True) -> Dispatch:
        """Return what to dispatch: the saved search, or another text in its place."""
        return Dispatch(
            name=None if spl is not None else self.name,
            spl=spl,
            earliest=self.earliest,
            latest=self.latest,
            explain=explain,
        )


class Runner:
    """Runs tests one after the other on one backend, with the app installed there.

    `names` are the saved searches' names by detection path, `paths` the paths by detection name. `failed` says of addresses why
    they could not be fetched, `unrendered` of paths why the app lacks them.
    """

    def __init__(
        self,
        backend: Backend,
        app: RenderedApp,
        store: DataStore,
        names: Mapping[str, str],
        paths: Mapping[str, str],
        *,
        rules: Rules,
        others: Sequence[Path] = (),
        failed: Mapping[str, DatasetError] | None = None,
        unrendered: Mapping[str, str] | None = None,
    ) -> None:
        self.backend = backend
        self.app = app
        self._store = store
        self._names = names
        self.detections = paths
        self.rules = rules
        self.others = others
        self._failed = failed or {}
        self._unrendered = unrendered or {}
        self._installed: Path | None = None

    def on(self, backend: Backend) -> Runner:
        """Return what runs the same tests on another backend."""
        return Runner(
            backend,
            self.app,
            self._store,
            self._names,
            self.detections,
            rules=self.rules,
            others=self.others,
            failed=self._failed,
            unrendered=self._unrendered,
        )

    def run(self, planned: Planned) -> TestResult:
        """Run one test and judge it."""
        return self.found(planned)[0]

    def found(self, planned: Planned) -> tuple[TestResult, Found | None]:
        """Run one test and judge it; return what the search gave as well, None where it did not end."""
        started = time.perf_counter()
        judged, found = self._outcome(planned)
        result = replace(judged, seconds=time.perf_counter() - started)
        if result.outcome is Outcome.PASS:
            return result, found
        return replace(result, line=locate(planned.item.document, planned.test.pointer).line), found

    def _outcome(self, planned: Planned) -> tuple[TestResult, Found | None]:
        if planned.skip:
            return self._result(planned, Outcome.SKIPPED, planned.skip), None
        try:
            with limited(self.rules.timeout):
                prepared = self.prepare(planned)
                found = self.search(prepared)
                return self._judged(prepared, found), found
        except MissingDataError as error:
            return self._result(planned, Outcome.SKIPPED, str(error)), None
        except UnsupportedSpl as error:
            return self._result(planned, Outcome.UNSUPPORTED, str(error)), None
        except GeneratorError as error:
            return self._result(planned, Outcome.ERROR, str(error)), None

    @staticmethod
    def _result(planned: Planned, outcome: Outcome, reason: str) -> TestResult:
        item = planned.item
        return TestResult(item.name, item.id, item.path, planned.test.name, outcome, " ".join(reason.split()))

    # --- data --------------------------------------------------------------------------------------------------------

    def prepare(self, planned: Planned) -> Prepared:
        """Install what the test needs, load its data where its window finds them, and run its chain.

        Raises:
            MissingDataError: data are not here.
            DatasetError: data cannot be read, or hold no events.
            BackendError: the app has no such search, or a chain is wrong.
        """
        name = self.name_of(planned.item.path)
        data = self._data(planned)
        self._install(planned)
        chain = [self._chained(detection) for detection in planned.test.chain]
        unused = self.app.without_effect(planned.test, (name, *chain))
        if unused and not self.others:  # another app may have it, and what asks for it
            raise BackendError(f"the test sets {unused}, which the app does not have and its search does not ask for")
        extents = [self.backend.measure(one) for one in data]
        for one, extent in zip(data, extents, strict=True):
            if not extent.events:
                raise DatasetError(f"{_told(one)} holds no events")
        earliest, latest, window = self._window(planned, [name, *chain])
        placement = Placement((0.0,) * len(data))
        if not self.rules.all_time:
            placement = place(extents, window, self.rules.now)
        if window.fixed:
            _refuse_outside(data, extents, window)
        texts = any(self.app.reads_clock(search) for search in (name, *chain))
        moved = [
            replace(one, shift=shift, texts=(extent.oldest, extent.newest) if texts and shift else None)
            for one, extent, shift in zip(data, extents, placement.shifts, strict=True)
        ]
        self.backend.clear()
        self.backend.load(moved)
        if placement.earliest is not None:
            earliest = placement.earliest
        mismatches = tuple(self._feed(chain, planned.test.chain, placement, window))
        return Prepared(
            planned,
            name,
            self.app.searches[name],
            earliest,
            latest,
            (f"NOTE: {placement.note}",) if placement.note else (),
            mismatches,
        )

    def name_of(self, path: str) -> str:
        """Return the name of a detection's or baseline's saved search.

        Raises:
            BackendError: the app has none.
        """
        if path in self._unrendered:
            raise BackendError(f"the app lacks it: {self._unrendered[path]}")
        name = self._names.get(path, "")
        if name not in self.app.searches:
            raise BackendError(f"the rendered app has no saved search of {path}")
        return name

    def _chained(self, detection: str) -> str:
        if detection not in self.detections:
            raise BackendError(f"the chain names the detection `{detection}`, which is not in the pack")
        return self.name_of(self.detections[detection])

    def _data(self, planned: Planned) -> list[EventData]:
        found = []
        for one in planned.data:
            located = self._store.find(one.data)
            if located.path is None:
                error = self._failed.get(located.url)
                if error is not None:
                    raise error
                if not located.url:
                    raise DatasetError(located.reason)
                raise MissingDataError(located.reason)
            found.append(EventData(located.path, one.sourcetype, one.source, one.host, one.index))
        for events in planned.test.events:
            raw = events.raw.encode("utf-8", "replace")
            found.append(
                EventData(raw, events.sourcetype, events.source or planned.test.name, events.host, events.index)
            )
        return found

    def _install(self, planned: Planned) -> None:
        """Install the app, or the test's variant of it; anew where an earlier search may have written to a lookup."""
        app = self.app.variant(planned.test, planned.number)
        searches = (planned.item.path, *(self.detections.get(name, "") for name in planned.test.chain))
        if app != self._installed:
            self.backend.install(app, self.others)
        writes = any(self.app.writes(self._names.get(path, "")) for path in searches)
        self._installed = None if writes or app != self.app.path else app

    # --- the window --------------------------------------------------------------------------------------------------

    def _window(self, planned: Planned, searches: Sequence[str]) -> tuple[str | float, str | float, Window]:
        """Return the bounds of the test's search, and the time that its data must lie in: what all searches of it see."""
        if self.rules.all_time:
            return "", "", window_of("", "", self.rules.now)
        earliest, latest = self.backend.window(
            Dispatch(name=searches[0], earliest=planned.test.earliest, latest=planned.test.latest)
        )
        window = window_of(earliest, latest, self.rules.now)
        for name in searches[1:]:
            other = window_of(*self.backend.window(Dispatch(name=name)), self.rules.now)
            starts = [start for start in (window.start, other.start) if start is not None]
            ends = [end for end in (window.end, other.end) if end is not None]
            window = replace(window, start=max(starts) if starts else None, end=min(ends) if ends else None)
        return earliest, latest, window

    def _feed(
        self, chain: Sequence[str], detections: Sequence[str], placement: Placement, window: Window
    ) -> Iterator[Mismatch]:
        """Run the searches of a chain; what they would write to the risk index becomes data."""
        tactics = _tactics() if chain else {}
        for name, detection in zip(chain, detections, strict=True):
            bounds: tuple[str | float | None, str | float | None] = (placement.earliest, None)
            if self.rules.all_time:
                bounds = ("", "")
            found = self.backend.search(Dispatch(name=name, earliest=bounds[0], latest=bounds[1]))
            settings = self.app.searches[name]
            events = risk_events(settings, found.rows)
            if not events:
                lines = reason_lines(found.explanation)
                why = (
                    lines[0] if lines else "it has no risk action, or its fields are empty" if found.rows else "no rows"
                )
                yield Mismatch(f"chain: {detection}", "risk events", why)
                continue
            # A search writes its risk when it runs, right behind its window; here inside the window of who reads it.
            at = (self.rules.now if window.end is None else window.end) - 1.0
            text = stash(name, settings, events, found.rows, time=at, tactics=tactics)
            self.backend.load([EventData(text, _STASH, name, None, _RISK)])

    # --- the search --------------------------------------------------------------------------------------------------

    def search(self, prepared: Prepared, spl: str | None = None, *, explain: bool = True) -> Found:
        """Dispatch a prepared test's search, or another text over the same data.

        Raises:
            SearchError: the search is wrong.
            UnsupportedSpl: the engine cannot run it.
        """
        return self.backend.search(prepared.dispatch(spl, explain=explain))

    def _judged(self, prepared: Prepared, found: Found) -> TestResult:
        expect = prepared.planned.test.expect
        mismatches = (*prepared.mismatches, *judge(expect, found, prepared.settings))
        why = reason_lines(found.explanation) if mismatches else ()
        reason = ""
        if mismatches:
            first = mismatches[0]
            reason = f"{first.what}: expected {first.expected}, got {first.got}"
            if why and not found.rows:
                reason = f"{reason}; {why[0]}"
        outcome = Outcome.FAIL if mismatches else Outcome.PASS
        failures = [message for message in found.messages if message.startswith(("ERROR:", "FATAL:"))]
        if failures and not mismatches:
            outcome, reason = Outcome.ERROR, f"the search ended with an error: {failures[0]}"
        if lacks_places(found) and (mismatches or not expect.at_least):
            outcome = Outcome.SKIPPED
            reason = (
                "data not present: `iplocation` needs a city database (.mmdb) in the folder `lookups` of an app (--app)"
            )
        elif mismatches and (told := by_hand(prepared.planned.item)):
            outcome, reason = Outcome.SKIPPED, f"{told} (its data alone do not pass: {reason})"
        return replace(
            self._result(prepared.planned, outcome, reason),
            rows=len(found.rows),
            events=found.events,
            search=found.search,
            stages=tuple(StageCount(*stage) for stage in found.stages),
            mismatches=mismatches,
            why=why,
            fields=found.fields,
            sample=tuple({name: _cut(cell) for name, cell in row.items()} for row in found.rows[:SAMPLE_ROWS]),
            raw=tuple(text[:SAMPLE_TEXT] for text in found.raw),
            messages=(*prepared.notes, *notes(found, prepared.settings), *found.messages),
        )


def lacks_places(found: Found) -> bool:
    """Whether rows were to get places that no database knows: what came of them, or did not, says nothing.

    A backend that does not tell its stages may have sent none there.
    """
    if not any(NO_PLACES in message for message in found.messages):
        return False
    stages = [rows_in for command, _, rows_in, _, _ in found.stages if command == "iplocation"]
    return not stages or any(stages)


def _refuse_outside(data: Sequence[EventData], extents: Sequence[Extent], window: Window) -> None:
    """Refuse data that lie outside of a window of dates, since they do not move there: the search would never see them.

    Raises:
        DatasetError: no event of a data set lies inside.
    """
    for one, extent in zip(data, extents, strict=True):
        before = window.end is not None and extent.oldest >= window.end
        after = window.start is not None and extent.newest < window.start
        if before or after:
            raise DatasetError(
                f"{_told(one)}: all its events lie {'after' if before else 'before'} the window of the test, which is given as a date, "
                "so that nothing moves there"
            )


def run_tests(
    runner: Runner, plan: Sequence[Planned], *, jobs: int | None = None, progress: Callable[[int], None] | None = None
) -> tuple[TestResult, ...]:
    """Run the tests of a plan on `jobs` processes (None: one a core); results come in the plan's order.

    `progress` is called with the number of finished tests.
    """
    order = sorted(plan, key=lambda one: (bool(one.skip), [data.data for data in one.data], one.number))
    todo = [one for one in order if not one.skip]
    skipped = [runner.run(one) for one in order if one.skip]
    results = fork_map(runner.run, todo, jobs=jobs, at_least=8, progress=progress)
    by_number = {one.number: result for one, result in zip(order, [*results, *skipped], strict=True)}
    return tuple(by_number[one.number] for one in plan)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Break off what takes longer; without effect where the system has no alarm, or in another thread.

    Raises:
        TestTimeoutError: it took longer.
    """
    if not seconds or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: object) -> None:
        raise TestTimeoutError(f"it took longer than {seconds:g} s (--timeout)")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again, where somebody took the first for an error of a rule
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _tactics() -> dict[str, tuple[str, ...]]:
    """Return the ids of tactics by technique id."""
    attack = builtin_attack()
    return {
        technique.id: tuple(attack.tactics[name].id for name in technique.tactics if name in attack.tactics)
        for technique in attack.techniques.values()
    }


def _told(data: EventData) -> str:
    return "the events written in the test" if isinstance(data.data, bytes) else str(data.data)


def _cut(cell: str | list[str]) -> str | list[str]:
    return cell[:SAMPLE_TEXT] if isinstance(cell, str) else [value[:SAMPLE_TEXT] for value in cell[:SAMPLE_ROWS]]
