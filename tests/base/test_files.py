"""Files are written whole or not at all, never through a link, never outside the folder."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.diagnostics import Diagnostic, Edit, Fix, RepositoryError, Severity
from generator.base.files import apply_edits, rewrite, write_atomic, write_files
from generator.base.source import Span
from generator.cli.fixes import compatible_fixes

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name == "nt", reason="modes and links are POSIX's")


@posix
def test_mode_of_the_old_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("old", "utf-8")
    path.chmod(0o600)
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_link_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious", "utf-8")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(RepositoryError, match="symbolic link"):
        write_atomic(tmp_path / "link", b"x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "posts").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(RepositoryError, match="symbolic link"):
        write_files(tmp_path / "out", {"posts/target": b"x"})
    assert target.read_text("utf-8") == "precious"


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yml"
    path.write_text("old", "utf-8")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(RepositoryError, match="No space left"):
        write_atomic(path, b"new")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "", "a\\..\\x"])
def test_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RepositoryError, match="no path below"):
        write_files(tmp_path / "out", {name: b"x"})
    assert not (tmp_path / "x").exists()


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    assert write_files(tmp_path / "out", {"a/b.md": b"1", "c.md": b"2"}) == 2
    assert write_files(tmp_path / "out", {"a/b.md": b"1", "c.md": b"3"}) == 1
    assert (tmp_path / "out" / "c.md").read_bytes() == b"3"


def test_file_that_changed_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"name: other\n")
    with pytest.raises(RepositoryError, match="changed while"):
        rewrite(path, "name: a\n", "name: b\n")
    assert path.read_bytes() == b"name: other\n"


def test_bom_and_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"\xef\xbb\xbfname: a\r\nx: 1\r\n")
    rewrite(path, "name: a\r\nx: 1\r\n", "name: b\r\nx: 1\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbfname: b\r\nx: 1\r\n"


@given(
    text=st.text(max_size=60),
    cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.text(max_size=5)), max_size=6),
)
def test_compatible_edits_change_their_spans_and_nothing_else(text: str, cuts: list[tuple[int, int, str]]) -> None:
    found = [
        Diagnostic("X", "x", Severity.INFO, "x", Span("a"), fix=Fix("x", (Edit("a", start, end, new),)))
        for start, end, new in cuts
        if start <= end <= len(text)
    ]
    _, edits = compatible_fixes(found)
    listed = sorted(edits.get("a", ()), key=lambda edit: (edit.start, edit.end))
    changed = apply_edits(text, listed)
    expected, shift = text, 0
    for edit in listed:
        expected = expected[: edit.start + shift] + edit.text + expected[edit.end + shift :]
        shift += len(edit.text) - (edit.end - edit.start)
    assert changed == expected


def test_fix_is_made_whole_or_not_at_all() -> None:
    first = Fix("a", (Edit("a", 0, 2, "x"),))
    second = Fix("b", (Edit("a", 1, 3, "y"), Edit("b", 0, 1, "z")))
    unsafe = Fix("c", (Edit("c", 0, 1, "z"),), safe=False)
    found = [
        Diagnostic("X", "x", Severity.INFO, "x", Span("a"), fix=fix) for fix in (first, second, unsafe, None, first)
    ]
    count, edits = compatible_fixes(found)
    assert count == 2
    assert edits == {"a": [Edit("a", 0, 2, "x")]}


def test_overlapping_edits_are_our_mistake() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abc", [Edit("a", 0, 2, ""), Edit("a", 1, 3, "")])


@posix
def test_a_mode_that_is_asked_for_replaces_that_of_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"old")
    file.chmod(0o644)
    write_atomic(file, b"new", mode=0o600, synced=True)
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o600
