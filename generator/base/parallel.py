"""Work spread over the machine's cores by forking: one function over many items (`fork_map`), or one beside others (`begin`).

Forked children share the parent's memory (the loaded pack is not copied or pickled); only results are. The items are
handed out in shares, by number, through a pipe that all processes read: whoever is free takes the next one. Results are
read as they come, so that little is left to do when the last share is finished. Where forking is not safe or not worth
it (Windows, macOS, other threads running, few items, one core) the same work runs in this process.
"""

from __future__ import annotations

import mmap
import os
import pickle
import select
import signal
import sys
import threading
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

from generator.base.diagnostics import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Self

Item = TypeVar("Item")
Result = TypeVar("Result")

_READ_SIZE = 1 << 20
_LENGTH_SIZE = 8
_NUMBER_SIZE = 2
_SHARES_EACH = 24
_MOST_SHARES = 8192
"""All numbers must fit into a pipe that nobody reads yet: 16 KiB of the 64 KiB that Linux gives it."""


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
    meanwhile: Callable[[], object] | None = None,
    afterwards: Pending[Any] | None = None,
) -> list[Result]:
    """Return `[function(item) for item in items]`, computed by up to `jobs` processes (None: one a core).

    Fewer than `at_least` items are done in this process. `progress(n)` is called with how many items are finished, now
    and then. `meanwhile()` is called when other processes were started, for what this one can do before it joins them.
    `afterwards` is begun as soon as there is a process for it: one that has done its part here goes on with it, which
    spares another fork and the copies of what is touched after one.

    Raises:
        GeneratorError: what `function` raised, of that kind.
        WorkerError: a worker raised something else, or died; the first one's traceback is in the message.
    """
    jobs = default_jobs() if jobs is None else jobs
    if jobs < 2 or len(items) < at_least or not can_fork():
        if afterwards is not None:
            afterwards.begin(jobs=jobs)
        return _run(function, items, progress)
    size = max(1, len(items) // (jobs * _SHARES_EACH), -(-len(items) // _MOST_SHARES))
    queue = _queue(-(-len(items) // size))
    results: list[Result | None] = [None] * len(items)
    workers = [_start(function, items, size, queue, afterwards if number == 1 else None) for number in range(1, jobs)]
    try:
        if meanwhile is not None:
            meanwhile()
        finished = 0
        for start in _taken(queue, size):
            share = [function(item) for item in items[start : start + size]]
            results[start : start + size] = share
            finished += len(share) + sum(worker.collect(results) for worker in workers)
            if progress is not None:
                progress(finished)
        while open_pipes := {worker.pipe: worker for worker in workers if not worker.ended}:
            for pipe in select.select(list(open_pipes), [], [])[0]:
                finished += open_pipes[pipe].collect(results)
                if progress is not None:
                    progress(finished)
        if finished < len(items):
            raise WorkerError("a worker process ended before its work was done")
    finally:
        os.close(queue)
        # All pipes before the first wait: a worker holds the ends of those that were started before it.
        for worker in workers:
            os.close(worker.pipe)
        for worker in workers:
            worker.wait()
    return results  # type: ignore[return-value]  # every share was filled, or a failure was raised


class Pending(Generic[Result]):
    """What a function gives, worked out in another process once it is begun there.

    Where no other process is safe or wanted, `result` calls the function. A context manager: leaving it ends a process
    whose result nobody asked for.
    """

    def __init__(self, function: Callable[[], Result]) -> None:
        self._function = function
        self._pid = 0
        self._memory = -1

    def begin(self, *, jobs: int | None = None) -> Self:
        """Begin in a process of its own, where there is a second core (`jobs`; None: one a core) and forking is safe."""
        jobs = default_jobs() if jobs is None else jobs
        if jobs > 1 and can_fork():
            self.reserve()
            sys.stdout.flush()
            sys.stderr.flush()
            self._pid = os.fork()
            if not self._pid:
                self.work()
        return self

    def result(self) -> Result:
        """Wait for the result; it can be asked for once.

        Raises:
            GeneratorError: what the function raised, of that kind.
            WorkerError: it raised something else in a process of its own, or that died; the traceback is in the message.
        """
        if not self._pid:
            return self._function()
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        try:
            if status:
                raise WorkerError(f"a worker process ended with status {status}")
            with mmap.mmap(self._memory, 0, access=mmap.ACCESS_READ) as content:
                # Our own child wrote it, and nobody else can reach that memory.
                failure, found = pickle.loads(content)  # noqa: S301
        finally:
            os.close(self._memory)
        if failure is not None:
            raise failure
        return cast("Result", found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            os.close(self._memory)
            self._pid = 0

    # -- between the processes -----------------------------------------------------------------------------------------

    def reserve(self) -> None:
        """Make room for the result, before the process is forked that will go on with this."""
        # In memory that both processes see: the result may be large, and the parent is busy while it is made.
        self._memory = os.memfd_create("result")

    def awaited_from(self, pid: int) -> None:
        """Know the forked process that will go on with this."""
        self._pid = pid

    def work(self) -> NoReturn:
        """Be that process: leave the failure or the result in the memory, and end."""
        status = 1
        try:
            with os.fdopen(self._memory, "wb") as stream:
                try:
                    pickle.dump((None, self._function()), stream, pickle.HIGHEST_PROTOCOL)
                except Exception as error:  # noqa: BLE001 - carried to the parent, which raises it
                    told = error if isinstance(error, GeneratorError) else WorkerError(traceback.format_exc())
                    stream.seek(0)
                    pickle.dump((told, None), stream, pickle.HIGHEST_PROTOCOL)
            status = 0
        finally:
            os._exit(status)


def _run(
    function: Callable[[Item], Result], items: Sequence[Item], progress: Callable[[int], None] | None
) -> list[Result]:
    if progress is None:
        return [function(item) for item in items]
    results = []
    for number, item in enumerate(items, start=1):
        results.append(function(item))
        if number % 50 == 0:
            progress(number)
    return results


def _queue(count: int) -> int:
    """Return a pipe from which the numbers of all shares can be read, then nothing more."""
    reader, writer = os.pipe()
    os.write(writer, b"".join(number.to_bytes(_NUMBER_SIZE, "little") for number in range(count)))
    os.close(writer)
    return reader


def _taken(queue: int, size: int) -> Iterator[int]:
    """Take shares from the queue until it is empty; yield where each begins."""
    while number := os.read(queue, _NUMBER_SIZE):
        yield int.from_bytes(number, "little") * size


@dataclass(slots=True)
class _Worker:
    """A forked process and what it has sent so far: messages of a length and a pickled `(start, results)`.

    `pid` is 0 once it has ended, and where somebody else waits for that.
    """

    pid: int
    pipe: int
    ended: bool = False
    waiting: bytearray = field(default_factory=bytearray)

    def collect(self, results: list[Any]) -> int:
        """Put what has arrived in its place, without waiting for more; return how many results that were."""
        while not self.ended:
            try:
                piece = os.read(self.pipe, _READ_SIZE)
            except BlockingIOError:
                break
            self.waiting += piece
            self.ended = not piece
        count = 0
        while len(self.waiting) >= _LENGTH_SIZE:
            end = _LENGTH_SIZE + int.from_bytes(self.waiting[:_LENGTH_SIZE], "little")
            if len(self.waiting) < end:
                break
            # The bytes come from our own child, through a pipe that nobody else can write to.
            start, share = pickle.loads(self.waiting[_LENGTH_SIZE:end])  # noqa: S301
            del self.waiting[:end]
            if start is None:
                raise share
            results[start : start + len(share)] = share
            count += len(share)
        if self.ended and self.pid:
            _, status = os.waitpid(self.pid, 0)
            self.pid = 0
            if status:
                raise WorkerError(f"a worker process ended with status {status}")
        return count

    def wait(self) -> None:
        """Wait for the end; a worker that still has something to say is told so by the closed pipe."""
        if self.pid:
            os.waitpid(self.pid, 0)


def _start(
    function: Callable[[Item], Result], items: Sequence[Item], size: int, queue: int, afterwards: Pending[Any] | None
) -> _Worker:
    reader, writer = os.pipe()
    if afterwards is not None:
        afterwards.reserve()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        os.close(reader)
        _work(function, items, size, queue, writer, afterwards)
    os.close(writer)
    os.set_blocking(reader, False)
    if afterwards is None:
        return _Worker(pid, reader)
    afterwards.awaited_from(pid)
    return _Worker(0, reader)


def _work(  # noqa: PLR0917 - what `fork_map` knows
    function: Callable[[Item], Result],
    items: Sequence[Item],
    size: int,
    queue: int,
    pipe: int,
    afterwards: Pending[Any] | None,
) -> NoReturn:
    """Be a worker: take shares, send their results, end, or go on with what is to be done afterwards.

    While the parent is busy its pipe soon is full; then results are kept until there is room.
    """
    status = 1
    done = False
    try:
        outgoing = bytearray()
        os.set_blocking(pipe, False)
        try:
            for start in _taken(queue, size):
                outgoing += _message(start, [function(item) for item in items[start : start + size]])
                _send(pipe, outgoing)
        except GeneratorError as error:
            outgoing += _message(None, error)
        except Exception:  # noqa: BLE001 - carried to the parent, which raises it
            outgoing += _message(None, WorkerError(traceback.format_exc()))
        else:
            done = True
        os.set_blocking(pipe, True)
        _send(pipe, outgoing)
        os.close(pipe)
        if done and afterwards is not None:
            afterwards.work()
        status = 0
    finally:
        os._exit(status)


def _message(start: int | None, content: object) -> bytes:
    payload = pickle.dumps((start, content), pickle.HIGHEST_PROTOCOL)
    return len(payload).to_bytes(_LENGTH_SIZE, "little") + payload


def _send(pipe: int, outgoing: bytearray) -> None:
    """Write as much as the pipe takes, and drop it from what is outgoing."""
    try:
        while outgoing:
            del outgoing[: os.write(pipe, outgoing)]
    except BlockingIOError:
        return
