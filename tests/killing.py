"""`kill -9` at random moments of a command, for the tests that say that nothing is corrupt afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def kill_at_random_moments(
    command: Sequence[str],
    check: Callable[[bool], None],
    *,
    seed: int,
    between: tuple[float, float],
    kills: int = 10,
    environment: Mapping[str, str] | None = None,
    begun: Callable[[], bool] = lambda: True,
) -> None:
    """Run a command again and again, killing it and its children after some seconds, until so many were killed.

    `between` are the fewest and the most seconds, counted from when `begun` says so: how long a start takes is the machine's
    affair. `check` is called after each run, with whether it was killed.
    """
    dice = random.Random(seed)  # noqa: S311 - moments of a test
    done = 0
    for _ in range(6 * kills):
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=None if environment is None else dict(environment),
        )
        while not begun() and process.poll() is None:
            time.sleep(0.005)
        time.sleep(dice.uniform(*between))
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
            done += 1
        process.wait()
        check(alive)
        if done == kills:
            return
    raise AssertionError(f"only {done} of {6 * kills} runs lasted until they were to be killed")
