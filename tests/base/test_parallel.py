"""Work spread over processes gives what one process gives, and trouble in a worker is told."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from generator.base.parallel import Pending, WorkerError, can_fork, fork_map
from generator.render.errors import UnrenderableContentError

pytestmark = pytest.mark.skipif(not can_fork(), reason="this machine does not fork, or other threads are running")


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 1000, 20_000])
def test_results_come_in_the_order_of_the_items(jobs: int, count: int) -> None:
    assert fork_map(lambda item: item * 3, range(count), jobs=jobs, at_least=2) == [item * 3 for item in range(count)]


def test_results_that_fill_the_pipe_arrive_while_the_parent_is_busy() -> None:
    before: list[int] = []

    def be_busy() -> None:
        time.sleep(0.2)
        before.append(os.getpid())

    result = fork_map(
        lambda item: b"x" * 200_000 + bytes([item % 250]),
        range(200),
        jobs=2,
        meanwhile=be_busy,
    )
    assert [len(piece) for piece in result] == [200_001] * 200
    assert [piece[-1] for piece in result] == [item % 250 for item in range(200)]
    assert before == [os.getpid()]


def test_more_than_one_process_works() -> None:
    def work(_: int) -> int:
        time.sleep(0.001)
        return os.getpid()

    assert len(set(fork_map(work, range(200), jobs=2))) == 2


def test_what_a_worker_raises_is_raised_with_its_traceback() -> None:
    parent = os.getpid()

    def fail(item: int) -> int:
        time.sleep(0.001)
        if os.getpid() != parent:
            raise KeyError(f"item {item}")
        return item

    with pytest.raises(WorkerError, match="KeyError: 'item"):
        fork_map(fail, range(100), jobs=3)


def children() -> list[str]:
    """Return the processes that this one has started and that are not gone."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split() if can_fork() else []


def test_what_this_process_raises_is_raised_and_no_worker_is_left() -> None:
    before = children()
    parent = os.getpid()

    def fail(item: int) -> bytes:
        if os.getpid() == parent:
            raise KeyError(item)
        return b"x" * 1_000_000

    with pytest.raises(KeyError):
        fork_map(fail, range(100), jobs=3)
    assert children() == before


def test_a_worker_that_is_killed_is_noticed() -> None:
    parent = os.getpid()

    def die(item: int) -> int:
        time.sleep(0.001)
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    with pytest.raises(WorkerError, match="ended with status"):
        fork_map(die, range(100), jobs=2)


def test_progress_counts_up_to_all() -> None:
    seen: list[int] = []
    fork_map(lambda item: item, range(500), jobs=2, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] <= 500


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_was_begun_gives_what_calling_gives(jobs: int) -> None:
    with Pending(lambda: "x" * 3_000_000).begin(jobs=jobs) as pending:
        assert pending.result() == "x" * 3_000_000


def test_what_was_begun_runs_in_a_process_of_its_own_beside_this_one() -> None:
    def work() -> tuple[int, float]:
        started = time.monotonic()
        time.sleep(0.2)
        return os.getpid(), started

    with Pending(work).begin(jobs=2) as pending:
        time.sleep(0.2)
        before = time.monotonic()
        process, started = pending.result()
    assert (process != os.getpid()) is can_fork()
    assert started < before


def test_what_was_begun_fails_where_its_result_is_asked_for() -> None:
    before = children()

    def fail() -> int:
        raise KeyError("mine")

    def refuse() -> int:
        raise UnrenderableContentError("too odd", "macros/odd.yml")

    def die() -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    with Pending(fail).begin(jobs=2) as pending, pytest.raises(WorkerError, match="KeyError: 'mine'"):
        pending.result()
    with Pending(refuse).begin(jobs=2) as pending, pytest.raises(UnrenderableContentError, match="too odd") as raised:
        pending.result()
    assert raised.value.path == "macros/odd.yml"
    with Pending(lambda: lambda: 1).begin(jobs=2) as unsendable, pytest.raises(WorkerError, match="pickle"):
        unsendable.result()
    if can_fork():
        with Pending(die).begin(jobs=2) as pending, pytest.raises(WorkerError, match="ended with status 9"):
            pending.result()
    assert children() == before


def test_what_was_begun_ends_when_nobody_asks_for_it() -> None:
    before, open_files = children(), len(list(Path("/proc/self/fd").iterdir()))

    def work() -> int:
        time.sleep(60)
        return 1

    with pytest.raises(KeyError), Pending(work).begin(jobs=2):
        raise KeyError("something else")
    assert children() == before
    assert len(list(Path("/proc/self/fd").iterdir())) == open_files


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("count", [10, 500])
def test_a_process_that_is_done_goes_on_with_what_is_to_be_done_afterwards(jobs: int, count: int) -> None:
    before = children()

    def work(item: int) -> int:
        time.sleep(0.0001)
        return item

    with Pending(lambda: (os.getpid(), "x" * 1_000_000)) as afterwards:
        assert fork_map(work, range(count), jobs=jobs, afterwards=afterwards) == list(range(count))
        process, text = afterwards.result()
    assert text == "x" * 1_000_000
    assert (process != os.getpid()) is (jobs > 1 and can_fork())
    assert children() == before


def test_trouble_in_the_process_that_was_to_go_on_is_told() -> None:
    before = children()
    parent = os.getpid()

    def fail(item: int) -> int:
        time.sleep(0.001)
        if os.getpid() != parent:
            raise KeyError(f"item {item}")
        return item

    def die(item: int) -> int:
        time.sleep(0.001)
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    def fail_here(item: int) -> bytes:
        if os.getpid() == parent:
            raise KeyError(item)
        return b"x" * 1_000_000

    for function, raised in ((fail, WorkerError), (die, WorkerError), (fail_here, KeyError)):
        with Pending(lambda: time.sleep(60)) as afterwards, pytest.raises(raised):
            fork_map(function, range(100), jobs=2, afterwards=afterwards)
        assert children() == before
    with Pending(fail_there) as afterwards:
        assert fork_map(str, range(100), jobs=2, afterwards=afterwards) == [str(item) for item in range(100)]
        with pytest.raises(WorkerError, match="KeyError: 'there'"):
            afterwards.result()
    assert children() == before


def fail_there() -> None:
    raise KeyError("there")
