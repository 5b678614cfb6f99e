"""Search jobs: made, run one after another, asked about, stopped, and forgotten when their time is over.

Names and meaning of a job's properties: REST API Reference, "search/jobs". Rows are kept as columns that hold no events. Limits:
unfinished jobs, and cells kept for finished ones; beyond the second the oldest finished jobs go.

Knowing differences: a running search has no preview, `pause` keeps a job that waits from starting but lets a running one go on, and
`finalize` ends a waiting job without rows.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from generator.base.diagnostics import GeneratorError, UnsupportedSpl
from generator.engine.errors import SearchError
from generator.splunkd.call import ApiError
from generator.splunkd.replies import Access, Entry, Messages
from generator.splunkd.results import moment
from generator.splunkd.searcher import StoppedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from generator.splunkd.replies import Value
    from generator.splunkd.searcher import Outcome, Query, Searcher

PATH = "search/v2/jobs"


class Job:
    """One search. `state` is Splunk's `dispatchState`."""

    def __init__(self, sid: str, query: Query, text: str, *, app: str, now: float, ttl: float) -> None:
        self.sid = sid
        self.query = query
        self.text = text
        self.app = app
        self.created = now
        self.touched = now
        self.ttl = ttl
        self.state = "QUEUED"
        self.outcome: Outcome | None = None
        self.error: str = ""
        self.told: list[tuple[str, str]] = []
        self.label = ""
        self.saved = False
        self.paused = False
        self.finalized = False
        self.preview = True
        self.priority = 5
        self.started = 0.0
        self.custom: dict[str, str] = {}
        self.bounds: tuple[str, str] = ("", "")
        self.done = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def is_done(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in {"DONE", "FAILED"}

    def expires(self) -> float:
        """Return when it may be forgotten, in seconds since 1970."""
        return self.touched + self.ttl

    def messages(self) -> list[tuple[str, str]]:
        """Return what the search has to say: kind and text."""
        found = [] if self.outcome is None else [(one.kind, one.text) for one in self.outcome.messages]
        told = [*found, *self.told]
        return [*told, ("FATAL", self.error)] if self.error else told

    def cells(self) -> int:
        """Return how many cells it keeps."""
        table = None if self.outcome is None else self.outcome.table
        return 0 if table is None else table.length * max(1, len(table.names()))


class Jobs:
    """All jobs. `max_waiting` are the most that have not ended, `max_cells` the most cells that ended ones keep."""

    def __init__(self, searcher: Searcher, clock: Callable[[], float], max_waiting: int, max_cells: int) -> None:
        self._searcher = searcher
        self._clock = clock
        self._max_waiting = max_waiting
        self._max_cells = max_cells
        self._numbers = itertools.count(1)
        self.all: dict[str, Job] = {}

    def waiting(self) -> int:
        """Return how many jobs have not ended."""
        return sum(not job.is_done for job in self.all.values())

    def start(
        self,
        query: Query,
        text: str,
        app: str,
        *,
        sid: str = "",
        ttl: float = 600,
        then: Callable[[Job], Awaitable[None]] | None = None,
    ) -> Job:
        """Start a job; `then` is run when it has ended well, before it counts as done.

        Raises:
            ApiError: 503 where too many wait, 400 where the sid is taken.
        """
        self.tidy()
        if self.waiting() >= self._max_waiting:
            raise ApiError(
                503,
                "Search not executed: The maximum number of concurrent historical searches on this instance has been "
                f'reached., concurrency_category="historical", concurrency_limit={self._max_waiting}.',
                "FATAL",
            )
        now = self._clock()
        if not sid:
            sid = f"{now:.0f}.{next(self._numbers)}"
            while sid in self.all:
                sid = f"{now:.0f}.{next(self._numbers)}"
        elif sid in self.all:
            raise ApiError(400, f"Cannot create a search job with the id '{sid}': there is one already.", "FATAL")
        job = Job(sid, query, text, app=app, now=now, ttl=ttl)
        self.all[sid] = job
        job.task = asyncio.get_running_loop().create_task(self._run(job, then))
        return job

    async def _run(self, job: Job, then: Callable[[Job], Awaitable[None]] | None) -> None:
        def begin() -> None:
            job.state = "RUNNING"
            job.started = self._clock()

        try:
            await job.gate.wait()
            if not job.finalized:
                job.outcome = await self._searcher.search(job.query, begin)
                if then is not None:
                    await then(job)
            job.state = "DONE"
        except (SearchError, UnsupportedSpl, StoppedError, GeneratorError, ApiError) as error:
            job.error = str(error)
            job.state = "FAILED"
        except BaseException as error:
            job.error = f"The server made a mistake: {type(error).__name__}"
            job.state = "FAILED"
            raise
        finally:
            job.touched = self._clock()
            job.done.set()

    def get(self, sid: str) -> Job:
        """Return a job.

        Raises:
            ApiError: 404.
        """
        self.tidy()
        job = self.all.get(sid)
        if job is None:
            raise ApiError(404, f"Unknown sid: {sid}", "FATAL")
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job and forget it."""
        job.query.stop.ask()
        job.finalized = True
        job.gate.set()
        self.all.pop(job.sid, None)

    def tidy(self) -> None:
        """Forget what is over."""
        now = self._clock()
        for sid, job in list(self.all.items()):
            if job.is_done and not job.saved and job.expires() < now:
                del self.all[sid]
        kept = sum(job.cells() for job in self.all.values())
        for sid, job in list(self.all.items()):
            if kept <= self._max_cells:
                return
            if job.is_done:
                kept -= job.cells()
                del self.all[sid]

    async def close(self) -> None:
        """Stop all jobs."""
        tasks = [job.task for job in self.all.values() if job.task is not None and not job.is_done]
        for job in list(self.all.values()):
            self.cancel(job)
        await asyncio.gather(*tasks, return_exceptions=True)


def entry_of(job: Job, path: str = PATH) -> Entry:
    """Return a job as entry of a feed."""
    outcome = job.outcome
    table = None if outcome is None else outcome.table
    kept = 0 if table is None else table.length
    scanned = 0 if outcome is None or not outcome.stages else max(outcome.stages[0].rows_in, outcome.stages[0].rows_out)
    found = 0 if outcome is None or not outcome.stages else outcome.stages[0].rows_out
    if outcome is not None and outcome.events:
        found = outcome.total
    done = job.is_done
    earliest, latest = (None, None) if outcome is None else (outcome.earliest, outcome.latest)
    content: dict[str, Value] = {
        "bundleVersion": "0",
        "canSummarize": False,
        "createTime": moment(job.created),
        "cursorTime": "1970-01-01T00:00:00.000+00:00",
        "custom": dict(job.custom),
        "defaultSaveTTL": 604800,
        "defaultTTL": 600,
        "delegate": "",
        "diskUsage": 4096 + 8 * job.cells(),
        "dispatchState": "PAUSED" if job.paused and not done else job.state,
        "doneProgress": "1.00000" if done else "0.00000",
        "dropCount": 0,
        "earliestTime": moment(earliest or 0.0),
        "eventAvailableCount": kept if outcome is not None and outcome.events else 0,
        "eventCount": found,
        "eventFieldCount": 0 if table is None else len(table.names()),
        "eventIsStreaming": True,
        "eventIsTruncated": outcome is not None and kept < outcome.total,
        "eventSearch": job.text,
        "eventSorting": "desc",
        "isBatchModeSearch": False,
        "isDone": done,
        "isEventsPreviewEnabled": False,
        "isFailed": job.state == "FAILED",
        "isFinalized": job.finalized,
        "isPaused": job.paused,
        "isPreviewEnabled": job.preview,
        "isRealTimeSearch": False,
        "isRemoteTimeline": False,
        "isSaved": job.saved,
        "isSavedSearch": bool(job.label),
        "isTimeCursored": True,
        "isZombie": False,
        "is_prjob": False,
        "keywords": "",
        "label": job.label,
        "latestTime": moment(latest or job.created),
        "messages": Messages(tuple(job.messages())),
        "normalizedSearch": job.query.text,
        "numPreviews": 0,
        "performance": {
            f"command.{stage.command}": {
                "duration_secs": round(stage.seconds, 6),
                "invocations": 1,
                "input_count": stage.rows_in,
                "output_count": stage.rows_out,
            }
            for stage in (() if outcome is None else outcome.stages)
        },
        "pid": 0,
        "pre_preview_priority": job.priority,
        "priority": job.priority,
        "provenance": job.query.user,
        "remoteSearch": "",
        "reportSearch": "" if outcome is None or outcome.events else job.text,
        "request": {"search": job.text, "earliest_time": job.bounds[0], "latest_time": job.bounds[1]},
        "resultCount": kept,
        "resultIsStreaming": outcome is not None and outcome.events,
        "resultPreviewCount": kept,
        "runDuration": 0.0 if outcome is None else round(outcome.seconds, 6),
        "runtime": {"auto_cancel": "0", "auto_pause": "0"},
        "sampleRatio": "1",
        "sampleSeed": "0",
        "savedSearchLabel": job.label,
        "scanCount": scanned,
        "search": job.text,
        "searchCanBeEventType": outcome is not None and outcome.events,
        "searchEarliestTime": 0 if earliest is None else earliest,
        "searchLatestTime": job.created if latest is None else latest,
        "searchProviders": ["localhost"],
        "searchTotalBucketsCount": 0,
        "searchTotalEliminatedBucketsCount": 0,
        "sid": job.sid,
        "statusBuckets": 0,
        "ttl": int(job.ttl),
    }
    access = Access(job.query.user, job.app, "global", (job.query.user,), (job.query.user,), removable=True)
    links = ("search.log", "events", "results", "results_preview", "timeline", "summary", "control")
    return Entry(
        job.text,
        path,
        content,
        access,
        links,
        updated=max(job.created, job.touched),
        address=f"/services/{path}/{job.sid}",
    )
