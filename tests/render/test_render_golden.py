"""Whole packs of every dialect against the app that they must become (`--update` rewrites `expected/`, to be read as a diff).

The expected keys follow the reference notes on contentctl 4.4.3, 5.6.2 and contentctl-ng 1.1.1; headers, comments, build
numbers and dates of generated tables are our own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from records_for_rendering import SeventyEight

from generator.content.load import load_pack
from generator.knowledge.conf import parse_conf
from generator.render import read_inputs, render_app

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


def app_files(case: Path) -> dict[str, bytes]:
    loaded = load_pack(case / "pack")
    return dict(render_app(loaded, read_inputs(case / "pack", loaded), attack=SeventyEight()).files)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_pack_becomes_the_expected_app(case: Path, *, update: bool) -> None:
    made = app_files(case)
    expected = case / "expected"
    if update:
        shutil.rmtree(expected, ignore_errors=True)
        for path, data in made.items():
            file = expected / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    wanted = {path.relative_to(expected).as_posix(): path for path in expected.rglob("*") if path.is_file()}
    assert sorted(made) == sorted(wanted)
    for path, file in wanted.items():
        if path.endswith(".png"):
            assert made[path] == file.read_bytes()
        else:
            assert made[path].decode() == file.read_bytes().decode(), path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_conf_of_a_pack_has_anything_odd(case: Path) -> None:
    for path, data in app_files(case).items():
        if path.endswith(".conf"):
            assert not parse_conf(data.decode(), path).issues


def test_every_conf_template_is_used_by_a_case(root: Path) -> None:
    made = {name for case in CASES for name in app_files(case)}
    names = {path.name.removesuffix(".j2") for path in (root / "templates" / "conf").glob("*.conf.j2")}
    assert {f"default/{name}" for name in names} <= made
