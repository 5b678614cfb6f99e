"""Tests on servers: several share the work, each with a thread and a runner of its own; `both` compares with the embedded engine."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.replay.compare import compare
from generator.replay.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from generator.backends.base import Found
    from generator.replay.plan import Planned
    from generator.replay.results import TestResult
    from generator.replay.run import Runner

    Judged = tuple[TestResult, Found | None]


def run_on_servers(
    runners: Sequence[Runner],
    plan: Sequence[Planned],
    *,
    beside: Runner | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[TestResult, ...]:
    """Run the tests of a plan on servers; results come in the plan's order.

    `runners` have a backend each, entered by the caller. With `beside` every test runs there too, and where the two results differ
    the test fails. `progress` is called from the calling thread with the number of finished tests.

    Raises:
        Exception: a runner raised what is no outcome of a test, as it was raised.
    """
    compared: dict[int, Judged] = {}
    if beside is not None:
        compared = {planned.number: beside.found(planned) for planned in plan if not planned.skip}
    waiting: queue.SimpleQueue[Planned] = queue.SimpleQueue()
    for planned in plan:
        waiting.put(planned)
    done: queue.SimpleQueue[tuple[int, Judged] | BaseException] = queue.SimpleQueue()

    def work(runner: Runner) -> None:
        try:
            while True:
                planned = waiting.get_nowait()
                done.put((planned.number, runner.found(planned)))
        except queue.Empty:
            return
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            done.put(error)

    threads = [threading.Thread(target=work, args=(runner,), daemon=True) for runner in runners]
    for thread in threads:
        thread.start()
    results: dict[int, TestResult] = {}
    while len(results) < len(plan):
        item = done.get()
        if isinstance(item, BaseException):
            raise item
        number, judged = item
        results[number] = _with(judged, compared, number)
        if progress is not None:
            progress(len(results))
    for thread in threads:
        thread.join()
    return tuple(results[planned.number] for planned in plan)


def _with(judged: Judged, compared: Mapping[int, Judged], number: int) -> TestResult:
    """Add to a server's result where the embedded engine's differs."""
    result, found = judged
    if number not in compared:
        return result
    other, ours = compared[number]
    if found is None or ours is None:
        if result.outcome is other.outcome:
            return result
        told = f"embedded: {other.outcome}" + (f", {other.reason}" if other.reason else "")
        return replace(result, messages=(*result.messages, f"NOTE: {told}"))
    differences = compare(ours, found)
    if not differences:
        return result
    first = differences[0]
    return replace(
        result,
        outcome=Outcome.FAIL if result.outcome is Outcome.PASS else result.outcome,
        reason=result.reason or f"splunk and embedded differ: {first.what}: {first.expected}, against {first.got}",
        mismatches=(*result.mismatches, *differences),
    )
