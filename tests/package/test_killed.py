"""A build that is killed leaves each of archive, folder and record whole, old or new, and the next build goes on and tidies up."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from generator.package import package
from tests.killing import kill_at_random_moments
from tests.package.dying import BESIDE, NEW, OLD

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")

CONTENT = (
    "contentpack.yml",
    "baselines",
    "dashboards",
    "data_sources",
    "detections",
    "lookups",
    "macros",
    "schedules",
    "stories",
    "attack_data",
)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def parts(out: Path) -> dict[str, dict[str, bytes]]:
    """Return what lies in an output folder by its first name, without the folders of builds at work."""
    found: dict[str, dict[str, bytes]] = {}
    for path in out.iterdir():
        if not path.name.startswith("."):
            found[path.name] = contents(path) if path.is_dir() else {"": path.read_bytes()}
    return found


def unfinished(out: Path) -> list[str]:
    return [path.name for path in out.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("exchanging", ["with", "without"])
@pytest.mark.parametrize("earlier", [True, False], ids=["over an earlier build", "the first build"])
def test_killed_before_any_step(tmp_path: Path, root: Path, *, earlier: bool, exchanging: str) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    if earlier:
        package(OLD, before)
    package(NEW, after, beside=BESIDE)
    old, new = parts(before), parts(after)
    subprocess.run([sys.executable, "-m", "tests.package.dying", str(tmp_path), exchanging], cwd=root, check=True)
    runs = sorted((tmp_path / "killed").iterdir(), key=lambda path: int(path.name))
    assert len(runs) > 40
    seen = set()
    for out in runs:
        left = parts(out)
        absent = {"heron"} if exchanging == "without" else set()
        assert set(old) - set(left) <= absent, out.name
        assert set(left) <= set(new), out.name
        for name, found in left.items():
            # What lies beside may have its folder and not yet its file.
            assert found in (old.get(name), new[name], {} if name == "reporting" else None), (out.name, name)
        seen.add(tuple(sorted(name for name, found in left.items() if found == new[name])))
        package(NEW, out, beside=BESIDE)
        assert parts(out) == new
        assert unfinished(out) == []
    assert seen >= {(), ("heron-1.2.3.tar.gz",), ("heron", "heron-1.2.3.tar.gz"), tuple(sorted(new))}


def test_what_only_looks_like_a_killed_build_stays(tmp_path: Path) -> None:
    own = tmp_path / ".contentpack-build-notes" / "thesis.txt"
    own.parent.mkdir()
    own.write_text("years of work")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "app").mkdir(parents=True)
    (tmp_path / ".contentpack-build-link").symlink_to(elsewhere)
    package(NEW, tmp_path / "other")
    package(NEW, tmp_path)
    assert own.read_text() == "years of work"
    assert (elsewhere / "app").is_dir()


@pytest.mark.slow
def test_killed_at_ten_random_moments(tmp_path: Path, root: Path) -> None:
    """Whole processes, of our own pack; it differs from run to run, so that each build has something to replace."""
    pack, out = tmp_path / "pack", tmp_path / "out"
    pack.mkdir()
    for name in CONTENT:
        (shutil.copytree if (root / name).is_dir() else shutil.copy2)(root / name, pack / name)
    changed = pack / "macros" / "okta.yml"
    texts = (changed.read_text("utf-8"), changed.read_text("utf-8").replace("description: ", "description: New. ", 1))
    command = [sys.executable, "-m", "generator", "build-app", "--repo", str(pack), "--out", str(out), "--jobs", "2"]
    environment = {**os.environ, "CONTENTPACK_CACHE": str(tmp_path / "cache")}
    states = []
    for text in texts:
        changed.write_text(text, "utf-8")
        made = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        states.append(parts(out))
    assert states[0] != states[1]
    turns = itertools.cycle(texts)

    def check(killed: bool) -> None:  # noqa: FBT001 - what `kill_at_random_moments` calls
        left = parts(out)
        assert set(left) == set(states[0])
        for name, found in left.items():
            assert found in (states[0][name], states[1][name]), name
        if not killed:
            assert left in states
            assert unfinished(out) == []
        changed.write_text(next(turns), "utf-8")

    kill_at_random_moments(command, check, seed=4, between=(0.05, 0.8), environment=environment)
    assert subprocess.run(command, env=environment, check=False, capture_output=True).returncode == 0
    assert parts(out) in states
    assert unfinished(out) == []
