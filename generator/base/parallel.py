"""One function over many items, spread over the machine's cores by forking: results come back in the items' order.

Forked children share the parent's memory (the loaded pack is not copied or pickled); only results are. Where forking is
not safe or not worth it (Windows, macOS, other threads running, few items, one core) the same work runs in this process.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import traceback
from typing import TYPE_CHECKING, TypeVar

from generator.base.diagnostics import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

_READ_SIZE = 1 << 20


class WorkerError(GeneratorError):
    """A forked worker died or raised; the message holds its traceback."""


def default_jobs() -> int:
    """Return how many processes are worth starting: the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether forking is safe here: Linux, and no other thread that could hold a lock."""
    return sys.platform == "linux" and threading.active_count() == 1


def fork_map(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    jobs: int | None = None,
    at_least: int = 64,
    progress: Callable[[int], None] | None = None,
) -> list[Result]:
    """Return `[function(item) for item in items]`, computed by up to `jobs` processes (None: one a core).

    Fewer than `at_least` items are done in this process. `progress(n)` is called with how many items this process has
    finished times the number of processes, now and then.

    Raises:
        WorkerError: a worker raised or died; the first one's traceback is in the message.
    """
    jobs = default_jobs() if jobs is None else jobs
    if jobs < 2 or len(items) < at_least or not can_fork():
        return _run(function, items, progress, 1)
    children = [_start(function, items[share::jobs]) for share in range(1, jobs)]
    results: list[Result | None] = [None] * len(items)
    failure: str | None = None
    try:
        results[0::jobs] = _run(function, items[0::jobs], progress, jobs)
    finally:
        for share, (pid, pipe) in enumerate(children, start=1):
            payload = _drain(pipe)
            _, status = os.waitpid(pid, 0)
            if status or not payload:
                failure = failure or f"a worker process ended with status {status}"
                continue
            # The bytes come from our own child, through a pipe that nobody else can write to.
            outcome, value = pickle.loads(payload)  # noqa: S301
            if outcome == "error":
                failure = failure or str(value)
            else:
                results[share::jobs] = value
    if failure is not None:
        raise WorkerError(failure)
    return results  # type: ignore[return-value]  # every share was filled, or a failure was raised


def _run(
    function: Callable[[Item], Result], items: Sequence[Item], progress: Callable[[int], None] | None, times: int
) -> list[Result]:
    if progress is None:
        return [function(item) for item in items]
    results = []
    for number, item in enumerate(items, start=1):
        results.append(function(item))
        if number % 50 == 0:
            progress(number * times)
    return results


def _start(function: Callable[[Item], Result], items: Sequence[Item]) -> tuple[int, int]:
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    status = 1
    try:
        os.close(reader)
        try:
            payload = pickle.dumps(("results", [function(item) for item in items]), pickle.HIGHEST_PROTOCOL)
        except Exception:  # noqa: BLE001 - carried to the parent, which raises it
            payload = pickle.dumps(("error", traceback.format_exc()))
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(payload)
        status = 0
    finally:
        os._exit(status)


def _drain(pipe: int) -> bytes:
    pieces = []
    while piece := os.read(pipe, _READ_SIZE):
        pieces.append(piece)
    os.close(pipe)
    return b"".join(pieces)
