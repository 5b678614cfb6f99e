"""Tests of detections against one `contentpack serve`: ours and contentctl's in turn, and all tests of our own pack.

    python -m tests.bench.testing [--contentctl PATH --repo PACK --detection FILE] [--pairs 5]

Whole processes, interpreter and imports included. With `--contentctl` (its program, of a version that has `test_servers`) the
pack must be one that contentctl accepts, with the test's data given by local path; FILE is the detection's path in the pack.
A run that does not end as it should (exit code 0) ends the benchmark.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "bench-password"
TOOL = (sys.executable, "-m", "generator")


@contextmanager
def served(repo: Path) -> Iterator[tuple[str, str]]:
    """Run a server with a pack installed; give the addresses of its REST interface and its collector."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [*TOOL, "serve", "--repo", str(repo), "--port", "0", "--hec-port", "0", "--data-dir", f"{folder}/data"],
            cwd=ROOT,
            env={**os.environ, "CONTENTPACK_PASSWORD": PASSWORD},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            words = dict(word.split("=") for word in process.stdout.readline().split()[1:])
            yield words["rest"], words["hec"]
        finally:
            process.terminate()
            process.wait(30)


def timed(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Run a command to its end; return wall and processor seconds."""
    environment = {**os.environ, "CONTENTPACK_SPLUNK_USERNAME": "admin", "CONTENTPACK_SPLUNK_PASSWORD": PASSWORD}
    before, start = os.times(), time.perf_counter()
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, os.times()
    if run.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {run.returncode}\n{run.stdout[-3000:]}{run.stderr[-3000:]}")
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def line(name: str, runs: Sequence[tuple[float, float]]) -> str:
    walls = [wall for wall, _ in runs]
    return (
        f"{name:44} wall {statistics.median(walls):7.2f} s ({min(walls):.2f} to {max(walls):.2f}), "
        f"cpu {statistics.median(cpu for _, cpu in runs):6.2f} s, {len(runs)} runs"
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--contentctl", type=Path)
    options.add_argument("--repo", type=Path, default=ROOT)
    options.add_argument("--detection", default="")
    options.add_argument("--pairs", type=int, default=5)
    given = options.parse_args()
    with served(given.repo) as (rest, hec):
        server = ("--splunk-url", rest, "--splunk-hec-url", hec, "--splunk-insecure")
        test = (*TOOL, "test", "--offline", "--repo")
        if given.contentctl is not None:
            ports = f"127.0.0.1,admin,{PASSWORD},8000,{hec.rpartition(':')[2]},{rest.rpartition(':')[2]}"
            theirs = [
                str(given.contentctl),
                "test_servers",
                "--server-info",
                ports,
                "--post-test-behavior",
                "never_pause",
            ]
            theirs += ["--disable-tqdm", "--no-enforce-deprecation-mapping-requirement"]
            theirs += ["mode:selected", "--mode.files", given.detection]
            one = [*test, str(given.repo.resolve()), given.detection]
            runs: dict[str, list[tuple[float, float]]] = {
                "ours, server": [],
                "contentctl, server": [],
                "ours, embedded": [],
            }
            for _ in range(given.pairs):
                runs["ours, server"].append(timed([*one, "--backend", "splunk", *server], ROOT))
                runs["contentctl, server"].append(timed(theirs, given.repo))
                runs["ours, embedded"].append(timed(one, ROOT))
            for name, found in runs.items():
                print(line(f"one detection, {name}", found))
            walls = {name: [wall for wall, _ in found] for name, found in runs.items()}
            for name in ("ours, server", "ours, embedded"):
                ratios = [a / b for a, b in zip(walls[name], walls["contentctl, server"], strict=True)]
                print(
                    f"  {name} / contentctl: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
                )
        own = [*test, str(ROOT)]
        print(line("our pack, embedded", [timed(own, ROOT) for _ in range(given.pairs)]))
        print(
            line("our pack, server", [timed([*own, "--backend", "splunk", *server], ROOT) for _ in range(given.pairs)])
        )


if __name__ == "__main__":
    main()
