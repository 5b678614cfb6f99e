"""Packages an app again and again, each time killed (as by `kill -9`) before another step on the disk.

    python -m tests.package.dying FOLDER with|without

FOLDER/before is what lies in the output folder before; FOLDER/killed/<n> is what the n-th run left. Ends with the first run
that was not killed. `without`: as on a system whose folders cannot change places.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
from pathlib import Path

from generator import package as packaging
from generator.base.apptree import AppTree

OLD = AppTree("heron", "1.2.3", {"default/app.conf": b"old", "lookups/gone.csv": b"a\n1\n"})
NEW = AppTree("heron", "1.2.3", {"default/app.conf": b"new", "lookups/come.csv": b"b\n2\n", "README.md": b"# Heron\n"})
BESIDE = {"reporting/coverage.json": b"{}"}
STEPS = ("open", "os.", "shutil.", "ctypes.dlsym", "ctypes.call_function")


def _die_before(step: int) -> None:
    numbers = itertools.count()

    def hook(event: str, _: object) -> None:
        if event.startswith(STEPS) and next(numbers) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main() -> None:
    folder, exchanging = Path(sys.argv[1]), sys.argv[2]
    if exchanging == "without":
        packaging.exchange = lambda *_: False
    for step in itertools.count():
        out = folder / "killed" / str(step)
        shutil.copytree(folder / "before", out)
        child = os.fork()
        if child == 0:
            _die_before(step)
            packaging.package(NEW, out, beside=BESIDE)
            os._exit(0)
        if os.WIFEXITED(os.waitpid(child, 0)[1]):
            return


if __name__ == "__main__":
    main()
