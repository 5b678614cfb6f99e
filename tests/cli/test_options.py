"""Words on the command line become codes and paths of the pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.base.diagnostics import RepositoryError
from generator.cli.options import pack_paths, words, workspace_prefix

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "pack" / "detections").mkdir(parents=True)
    (tmp_path / "pack" / "detections" / "a.yml").touch()
    (tmp_path / "outside.yml").touch()
    return tmp_path / "pack"


def test_codes_are_split_at_commas() -> None:
    assert words(("SPL, DET012", "YML", ",")) == ("SPL", "DET012", "YML")


def test_path_counts_from_the_current_folder_then_from_the_pack(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pack / "detections")
    assert pack_paths(pack, ["a.yml", "detections", str(pack / "detections" / "a.yml")]) == (
        "detections/a.yml",
        "detections",
        "detections/a.yml",
    )
    assert pack_paths(pack, ["a.yml", ".."]) == ()


@pytest.mark.parametrize(
    ("path", "told"), [("none.yml", "no such file"), ("../outside.yml", "outside the content pack")]
)
def test_path_that_is_not_in_the_pack_is_refused(
    pack: Path, monkeypatch: pytest.MonkeyPatch, path: str, told: str
) -> None:
    monkeypatch.chdir(pack)
    with pytest.raises(RepositoryError, match=told):
        pack_paths(pack, [path])


def test_annotations_start_at_the_top_of_the_checkout(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    assert workspace_prefix(pack) == ""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(pack.parent))
    assert workspace_prefix(pack) == "pack/"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(pack))
    assert workspace_prefix(pack) == ""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(pack / "detections"))
    assert workspace_prefix(pack) == ""
