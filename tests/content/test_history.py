"""What git says changed: files with renames, lines, contents; names of any kind, packs below the top of the repository."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from generator.base.diagnostics import RepositoryError
from generator.content import history
from generator.content.history import Change, Status

if TYPE_CHECKING:
    from pathlib import Path

ODD = 'detections/a "b"\n\té+++ b.yml'


def git(folder: Path, *arguments: str) -> str:
    options = ("-c", "user.name=Kim", "-c", "user.email=kim@acme.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ("git", "-C", str(folder), *options, *arguments), check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack in a folder of a repository, with uncommitted changes of every kind."""
    root = tmp_path / "packs" / "web"
    (root / "detections").mkdir(parents=True)
    git(tmp_path, "init", "--quiet")
    (tmp_path / "outside.yml").write_text("a: 1\n")
    lines = "".join(f"line {n}\n" for n in range(1, 21))
    for name in ("kept", "edited", "gone", "moved"):
        (root / "detections" / f"{name}.yml").write_text(f"name: {name}\n{lines}")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "base")
    (tmp_path / "outside.yml").write_text("a: 2\n")
    edited = root / "detections" / "edited.yml"
    text = (
        edited.read_text()
        .replace("line 3\n", "line three\n+++ b/x\n")
        .replace("line 10\n", "")
        .replace("line 20\n", "end\n")
    )
    edited.write_text(text)
    (root / "detections" / "gone.yml").unlink()
    git(tmp_path, "mv", "packs/web/detections/moved.yml", "packs/web/detections/new_name.yml")
    (root / ODD).write_text("name: odd\n")
    return root


def test_changes_of_the_worktree(pack: Path) -> None:
    assert history.changes(pack, "HEAD") == (
        Change(Status.ADDED, ODD),
        Change(Status.MODIFIED, "detections/edited.yml", "detections/edited.yml"),
        Change(Status.DELETED, "detections/gone.yml", "detections/gone.yml"),
        Change(Status.RENAMED, "detections/new_name.yml", "detections/moved.yml"),
    )


def test_changes_between_commits(pack: Path) -> None:
    git(pack, "add", "--all")
    git(pack, "commit", "--quiet", "--message", "head")
    assert history.changes(pack, "HEAD~1", "HEAD") == history.changes(pack, "HEAD~1")
    assert {change.path for change in history.changes(pack, "HEAD~1")} == {
        ODD, "detections/edited.yml", "detections/gone.yml", "detections/new_name.yml"
    }  # fmt: skip


def test_changed_lines(pack: Path) -> None:
    git(pack, "add", "--all")
    git(pack, "commit", "--quiet", "--message", "head")
    lines = history.changed_lines(pack, "HEAD~1")
    # line 3 became two; where line 10 went, the line behind the gap counts; the last line changed.
    assert lines["detections/edited.yml"] == (range(4, 6), range(12, 13), range(21, 22))
    assert lines[ODD] == (range(1, 2),)
    assert set(lines) == {"detections/edited.yml", ODD}


def test_lines_whatever_attributes_and_configuration_say(pack: Path) -> None:
    (pack / ".gitattributes").write_text("*.yml binary diff=evil\n")
    git(pack, "config", "diff.evil.textconv", "touch pwned; cat")
    git(pack, "config", "diff.external", "touch pwned")
    git(pack, "config", "diff.noprefix", "true")
    git(pack, "config", "color.ui", "always")
    assert history.changed_lines(pack, "HEAD")["detections/edited.yml"][0] == range(4, 6)
    assert len(history.changes(pack, "HEAD")) == 4
    assert not (pack / "pwned").exists()


def test_files_and_contents_of_a_commit(pack: Path) -> None:
    (pack / "link.yml").symlink_to("/etc/passwd")
    git(pack, "add", "--all")
    git(pack, "commit", "--quiet", "--message", "head")
    blobs = {blob.path: blob for blob in history.files_at(pack, "HEAD")}
    assert blobs["link.yml"].is_link
    assert set(blobs) == {ODD, "link.yml", *(f"detections/{name}.yml" for name in ("edited", "kept", "new_name"))}
    assert history.plain_files_at(pack, "HEAD", {ODD, "link.yml", "none.yml"}) == (blobs[ODD],)
    found = dict(history.contents(pack, blobs.values(), limit=100))
    assert found[blobs[ODD]] == b"name: odd\n"
    assert found[blobs["detections/kept.yml"]] is None, "more than the limit"


def test_many_files_are_read_by_one_process(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    for number in range(1500):
        (tmp_path / f"{number}.yml").write_text(f"n: {number}\n" * (number % 50))
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "many")
    found = {blob.path: data for blob, data in history.contents(tmp_path, history.files_at(tmp_path, "HEAD"), 10_000)}
    assert all(found[f"{number}.yml"] == f"n: {number}\n".encode() * (number % 50) for number in range(1500))


def test_a_file_that_left_the_index_and_is_still_there(pack: Path) -> None:
    git(pack, "rm", "--quiet", "--cached", "detections/kept.yml")
    assert Change(Status.MODIFIED, "detections/kept.yml", "detections/kept.yml") in history.changes(pack, "HEAD")


def test_what_git_does_not_know(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    for revision in ("--output=x", "", " ", "nothing"):
        with pytest.raises(RepositoryError):
            history.commit_of(pack, revision)
    with pytest.raises(RepositoryError, match="not a git repository"):
        history.commit_of(tmp_path_factory.mktemp("plain"), "HEAD")


def test_without_git(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(pack))
    with pytest.raises(RepositoryError, match="git is not installed"):
        history.commit_of(pack, "HEAD")
    with pytest.raises(RepositoryError, match="git is not installed"):
        list(history.contents(pack, [history.Blob("a", "0" * 40, is_link=False)], 1))
