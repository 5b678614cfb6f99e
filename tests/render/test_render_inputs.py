"""What is read from a pack's folder, and above all what is not."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from records_for_rendering import lookup, pack

from generator.base.diagnostics import RepositoryError
from generator.render import inputs, read_inputs

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, path: str, data: bytes = b"x") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def test_template_and_data_files_are_read(tmp_path: Path) -> None:
    write(tmp_path, "app_template/default/a.conf", b"a")
    write(tmp_path, "app_template/README/b.txt", b"b")
    write(tmp_path, "lookups/fishes.csv", b"c")
    write(tmp_path, "static_configs/savedsearches_fbd.conf", b"d")
    found = read_inputs(tmp_path, pack(lookups=(lookup(),)))
    assert found.static == {"README/b.txt": b"b", "default/a.conf": b"a"}
    assert found.data == {"lookups/fishes.csv": b"c", "static_configs/savedsearches_fbd.conf": b"d"}


def test_a_pack_with_neither_is_fine(tmp_path: Path) -> None:
    found = read_inputs(tmp_path, pack(lookups=(lookup(),)))
    assert not found.static
    assert not found.data


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "app_template/lookups/.gitkeep")
    write(tmp_path, "app_template/.git/config")
    write(tmp_path, "app_template/__MACOSX/x")
    assert not read_inputs(tmp_path, pack()).static


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret/x.csv", b"secret")
    root = tmp_path / "pack"
    write(root, "app_template/default/a.conf", b"a")
    (root / "app_template" / "default" / "link.conf").symlink_to(secret)
    (root / "app_template" / "folder").symlink_to(secret.parent)
    (root / "lookups").symlink_to(secret.parent)
    found = read_inputs(root, pack(lookups=(lookup(data_path="lookups/x.csv"),)))
    assert list(found.static) == ["default/a.conf"]
    assert not found.data


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_linked_template_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "secret/x.csv", b"secret")
    root = tmp_path / "pack"
    root.mkdir()
    (root / "app_template").symlink_to(tmp_path / "secret")
    assert not read_inputs(root, pack()).static


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/hostname", "lookups/../../secret.csv", "a\\b.csv", "a\0b", ""])
def test_paths_outside_the_pack_are_not_read(tmp_path: Path, path: str) -> None:
    write(tmp_path, "secret.csv")
    root = tmp_path / "pack"
    (root / "lookups").mkdir(parents=True)
    assert not read_inputs(root, pack(lookups=(lookup(data_path=path),))).data


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_does_not_hang_the_build(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    os.mkfifo(tmp_path / "lookups" / "fishes.csv")
    assert not read_inputs(tmp_path, pack(lookups=(lookup(),))).data


def test_a_file_that_is_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "lookups/fishes.csv", b"12345")
    monkeypatch.setattr(inputs, "MAX_FILE_BYTES", 4)
    with pytest.raises(RepositoryError, match=r"lookups/fishes\.csv is larger"):
        read_inputs(tmp_path, pack(lookups=(lookup(),)))


def test_folders_without_end_are_told(tmp_path: Path) -> None:
    write(tmp_path, "app_template/" + "d/" * 20 + "x")
    with pytest.raises(RepositoryError, match="16 folders deep"):
        read_inputs(tmp_path, pack())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read everything")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, "lookups/fishes.csv").chmod(0)
    with pytest.raises(RepositoryError, match=r"cannot read lookups/fishes\.csv"):
        read_inputs(tmp_path, pack(lookups=(lookup(),)))
