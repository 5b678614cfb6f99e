"""`python -m tests.bench [PACK]`: how long the commands take on a pack (a real one, the shared corpus, or a made-up one).

Each figure is the median of five whole processes after one warm-up; the cache is thrown away before every cold run.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.synthetic import write_pack

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "security_content"
RUNS = 5


def _time(arguments: list[str], environment: dict[str, str], *, cold: bool) -> tuple[float, float]:
    cache = Path(environment["CONTENTPACK_CACHE"])
    wall, cpu = [], []
    for run in range(RUNS + 1):
        if cold and cache.exists():
            shutil.rmtree(cache)
        before = os.times()
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "generator", *arguments], env=environment, cwd=ROOT, capture_output=True, check=False
        )
        elapsed = time.perf_counter() - start
        after = os.times()
        if run:
            wall.append(elapsed)
            cpu.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return statistics.median(wall), statistics.median(cpu)


def main() -> None:
    """Print a table of commands and their times."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if len(sys.argv) > 1:
            pack = Path(sys.argv[1]).resolve()
        elif CORPUS.is_dir():
            pack = CORPUS
        else:
            pack = write_pack(scratch / "pack", 1500)
        environment = {**os.environ, "CONTENTPACK_CACHE": str(scratch / "cache")}
        out = str(scratch / "out")
        rows = (
            ("--help", ["--help"], True),
            ("validate, cold", ["validate", "--repo", str(pack), "--format", "concise"], True),
            ("validate, nothing changed", ["validate", "--repo", str(pack), "--format", "concise"], False),
            ("build-app, cold", ["build-app", "--repo", str(pack), "--out", out, "--keep-going"], True),
            ("docs, cold", ["docs", "--repo", str(pack), "--out", str(scratch / "docs")], True),
        )
        print(f"pack: {pack.name}, {sum(1 for _ in pack.glob('detections/**/*.yml'))} detections; medians of {RUNS}")
        for name, arguments, cold in rows:
            wall, cpu = _time(arguments, environment, cold=cold)
            print(f"{name:28} {wall:7.3f} s wall {cpu:7.3f} s cpu")


if __name__ == "__main__":
    main()
