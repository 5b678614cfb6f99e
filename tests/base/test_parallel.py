"""Work spread over processes gives what one process gives, and trouble in a worker is told."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from generator.base.parallel import WorkerError, beside, can_fork, fork_map
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
def test_two_functions_side_by_side_give_what_they_give_one_after_the_other(jobs: int) -> None:
    assert beside(lambda: "x" * 3_000_000, lambda: ["y"], jobs=jobs) == ("x" * 3_000_000, ["y"])


def test_side_by_side_the_first_runs_in_a_process_of_its_own() -> None:
    there, here = beside(os.getpid, os.getpid, jobs=2)
    assert here == os.getpid()
    assert (there != here) is can_fork()


def test_side_by_side_a_failure_of_either_is_raised_and_no_worker_is_left() -> None:
    before = children()

    def fail() -> int:
        raise KeyError("mine")

    with pytest.raises(WorkerError, match="KeyError: 'mine'"):
        beside(fail, int, jobs=2)
    with pytest.raises(KeyError):
        beside(int, fail, jobs=2)

    def refuse() -> int:
        raise UnrenderableContentError("too odd", "macros/odd.yml")

    with pytest.raises(UnrenderableContentError, match="too odd") as raised:
        beside(refuse, int, jobs=2)
    assert raised.value.path == "macros/odd.yml"
    assert children() == before
