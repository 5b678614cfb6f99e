"""The archive, the folder and the record: the same bytes anywhere, and never a half-written build."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from generator import package as packaging
from generator.base.apptree import AppTree
from generator.base.diagnostics import ConfigError, RepositoryError
from generator.package import OLDEST_MTIME, Staging, archive_mtime, gzip_bytes, pack_archive, package, tar_bytes

FILES = {
    "default/app.conf": b"[id]\nname = heron\n",
    "default/data/ui/views/a.xml": b"<a/>",
    "lookups/fishes.csv": b"a\n1\n",
    "README.md": b"# Heron\n",
}
TREE = AppTree("heron", "1.2.3", FILES)
POSIX_EXCHANGE = sys.platform in {"linux", "darwin"}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and links as on POSIX systems")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_has_an_archive_a_folder_and_a_record(tmp_path: Path) -> None:
    result = package(TREE, tmp_path / "new" / "out", inputs={"contentpack.yml": "0" * 64}, versions={"attack": "18.1"})
    assert result.archive.name == "heron-1.2.3.tar.gz"
    assert contents(result.folder) == FILES
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == [
        "build.json",
        "heron",
        "heron-1.2.3.tar.gz",
    ]
    record = json.loads(result.record.read_bytes())
    assert record["archive"]["sha256"] == hashlib.sha256(result.archive.read_bytes()).hexdigest() == result.sha256
    assert record["files"] == {path: hashlib.sha256(data).hexdigest() for path, data in FILES.items()}
    assert record["inputs"] == {"contentpack.yml": "0" * 64}
    assert record["versions"]["attack"] == "18.1"
    tar = gzip.decompress(result.archive.read_bytes())
    assert record["archive"]["tar_sha256"] == hashlib.sha256(tar).hexdigest()


def test_the_archive_is_as_appinspect_wants_it(tmp_path: Path) -> None:
    with tarfile.open(package(TREE, tmp_path).archive) as tar:
        members = tar.getmembers()
    names = [member.name for member in members]
    assert names[0] == "heron"
    assert {name.partition("/")[0] for name in names} == {"heron"}
    files = [member for member in members if member.isfile()]
    assert [member.name for member in files] == sorted(f"heron/{path}" for path in FILES)
    assert {member.mode for member in files} == {0o644}
    assert {member.mode for member in members if member.isdir()} == {0o755}
    assert {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in members} == {
        (0, 0, "root", "root", OLDEST_MTIME)
    }


def test_names_that_ustar_cannot_hold_get_pax_headers_and_come_back() -> None:
    long = "lookups/" + "f" * 180 + ".csv"
    data = tar_bytes(AppTree("heron", "1", {long: b"x", "default/ü.conf": b"y"}), 0)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert {f"heron/{long}", "heron/default/ü.conf"} <= set(tar.getnames())
    assert b"PaxHeader" not in tar_bytes(TREE, 0)


def test_gzip_header_tells_neither_name_nor_system() -> None:
    data = gzip_bytes(b"heron", 77)
    assert data[:10] == b"\x1f\x8b\x08\x00" + (77).to_bytes(4, "little") + b"\x00\xff"
    assert gzip.decompress(data) == b"heron"


def test_the_order_of_the_tree_does_not_matter(tmp_path: Path) -> None:
    turned = AppTree("heron", "1.2.3", dict(reversed(FILES.items())))
    assert package(TREE, tmp_path / "a").sha256 == package(turned, tmp_path / "b").sha256


BUILD = """
import os, sys, time
os.umask(int(sys.argv[2], 8))
from pathlib import Path
from generator.base.apptree import AppTree
from generator.package import package
files = {"default/app.conf": b"[id]", "lookups/a.csv": b"a", "metadata/default.meta": b"[]"}
print(package(AppTree("heron", "1.0.0", files), Path(sys.argv[1])).sha256)
"""


@POSIX
def test_two_builds_under_other_conditions_are_identical(tmp_path: Path, root: Path) -> None:
    found = set()
    for number, (umask, zone, locale) in enumerate([("000", "Asia/Tokyo", "C"), ("077", "America/Lima", "C.UTF-8")]):
        out = tmp_path / f"build {number}"
        environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": str(number), "HOME": str(tmp_path)}
        run = subprocess.run(
            [sys.executable, "-c", BUILD, str(out), umask],
            env=environment,
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (out / "heron").rglob("*") if path.is_file()}
        assert modes == {0o644}
        assert stat.S_IMODE((out / "heron" / "default").stat().st_mode) == 0o755
        found.add((run.stdout, (out / "heron-1.0.0.tar.gz").read_bytes(), (out / "build.json").read_bytes()))
    assert len(found) == 1


def test_a_new_build_replaces_the_old_one_whole(tmp_path: Path) -> None:
    package(TREE, tmp_path)
    package(AppTree("heron", "1.2.3", {"default/app.conf": b"new"}), tmp_path)
    assert contents(tmp_path / "heron") == {"default/app.conf": b"new"}
    assert len(list(tmp_path.iterdir())) == 3


def test_another_version_leaves_the_old_archive(tmp_path: Path) -> None:
    package(TREE, tmp_path)
    package(AppTree("heron", "1.3.0", FILES), tmp_path)
    assert {path.name for path in tmp_path.glob("*.gz")} == {"heron-1.2.3.tar.gz", "heron-1.3.0.tar.gz"}


@pytest.mark.parametrize("failing", ["_write", "_write_tree", "_swap"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
def test_a_build_that_fails_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    package(TREE, tmp_path)
    before = contents(tmp_path)

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(packaging, failing, fail)
    expected = RepositoryError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as caught:
        package(AppTree("heron", "1.2.3", {"default/app.conf": b"new"}), tmp_path)
    if isinstance(error, OSError):
        assert "No space left on device" in str(caught.value)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("late", [False, True], ids=["before the step", "after the step"])
@pytest.mark.parametrize("earlier", [True, False], ids=["over an earlier build", "the first build"])
@pytest.mark.parametrize("exchanging", [True, False], ids=["folders change places", "folders are renamed"])
def test_an_interrupt_between_the_steps_puts_the_old_build_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool, earlier: bool, exchanging: bool
) -> None:
    if exchanging and earlier and not POSIX_EXCHANGE:
        pytest.skip("this system's folders cannot change places")
    steps = 0
    while True:
        out = tmp_path / str(steps)
        if earlier:
            package(TREE, out)
        before = contents(out) if earlier else {}
        calls = iter(range(100))

        def interrupted(real: Any, calls: Any = calls, step: int = steps) -> Any:
            def call(*args: Any) -> Any:
                now = next(calls) == step
                if now and not late:
                    raise KeyboardInterrupt
                result = real(*args)
                if now:
                    raise KeyboardInterrupt
                return result

            return call

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", interrupted(Path.rename))
            patch.setattr(Path, "replace", interrupted(Path.replace))
            patch.setattr(packaging, "exchange", interrupted(packaging.exchange if exchanging else lambda *_: False))
            try:
                package(AppTree("heron", "1.2.3", {"default/app.conf": b"new"}), out)
            except KeyboardInterrupt:
                assert contents(out) == before, steps
                assert out.exists() is earlier
                assert not list(out.glob(".*"))
            else:
                break
        steps += 1
    assert steps == (3 if exchanging or not earlier else 5)


def test_a_folder_that_no_build_made_is_never_replaced(tmp_path: Path) -> None:
    own = tmp_path / "heron" / "thesis.txt"
    own.parent.mkdir()
    own.write_text("years of work")
    with pytest.raises(RepositoryError, match="move it away"):
        package(TREE, tmp_path)
    assert own.read_text() == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["heron"]


def test_a_file_that_somebody_put_into_the_app_is_never_deleted(tmp_path: Path) -> None:
    result = package(TREE, tmp_path)
    (result.folder / "local").mkdir()
    (result.folder / "local" / "app.conf").write_text("[x]")
    with pytest.raises(RepositoryError, match=r"local/app\.conf"):
        package(TREE, tmp_path)
    assert (result.folder / "local" / "app.conf").exists()


@POSIX
@pytest.mark.parametrize("name", ["heron", "heron-1.2.3.tar.gz", "build.json"])
def test_links_in_the_output_are_not_written_through(tmp_path: Path, name: str) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / name).symlink_to(target)
    with pytest.raises(RepositoryError, match="move it away"):
        package(TREE, out)
    assert not list(target.iterdir())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_read_only_output_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(RepositoryError, match="cannot write the app"):
            package(TREE, tmp_path)
    finally:
        tmp_path.chmod(0o755)


def test_an_output_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(RepositoryError, match=r"cannot write the app to .*out"):
        package(TREE, tmp_path / "out")


@pytest.mark.parametrize(
    ("app_id", "version", "path"),
    [
        ("../evil", "1.0.0", "a"),
        ("a/b", "1.0.0", "a"),
        ("", "1.0.0", "a"),
        ("1heron", "1.0.0", "a"),
        ("NUL", "1.0.0", "a"),
        ("heron.tar.gz", "1.0.0", "a"),
        ("heron", "../1", "a"),
        ("heron", "", "a"),
        ("heron", "1.0.0", "../a"),
        ("heron", "1.0.0", "/a"),
        ("heron", "1.0.0", "a//b"),
        ("heron", "1.0.0", "lookups/.gitkeep"),
        ("heron", "1.0.0", "a\\b"),
        ("heron", "1.0.0", "a\nb"),
    ],
)
def test_names_that_leave_the_app_are_refused(tmp_path: Path, app_id: str, version: str, path: str) -> None:
    with pytest.raises(ConfigError):
        package(AppTree(app_id, version, {path: b""}), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("paths", [("README.md", "readme.md"), ("a", "a/b")])
def test_files_that_a_disk_cannot_hold_together_are_refused(tmp_path: Path, paths: tuple[str, str]) -> None:
    with pytest.raises(ConfigError):
        package(AppTree("heron", "1.0.0", dict.fromkeys(paths, b"")), tmp_path)


def test_the_time_of_the_members() -> None:
    assert archive_mtime(None, {}) == OLDEST_MTIME
    assert archive_mtime(1_700_000_000, {}) == 1_700_000_000
    assert archive_mtime(5, {}) == OLDEST_MTIME
    assert archive_mtime(1_700_000_000, {"SOURCE_DATE_EPOCH": "1234"}) == 1234
    for wrong in ("yesterday", "-1", "1.5", "9" * 20, "٣"):
        with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
            archive_mtime(None, {"SOURCE_DATE_EPOCH": wrong})


def test_folders_made_for_a_build_that_is_not_put_in_place_go(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with Staging(TREE, tmp_path / "mine" / "deep" / "out", pack_archive(TREE, OLDEST_MTIME)):
        assert (tmp_path / "mine" / "deep" / "out").is_dir()
    assert list(tmp_path.iterdir()) == [tmp_path / "mine"]
    assert not list((tmp_path / "mine").iterdir())
    package(TREE, tmp_path)
    before = contents(tmp_path)
    other = AppTree("heron", "1.2.3", {"default/app.conf": b"new"})
    with Staging(other, tmp_path, pack_archive(other, OLDEST_MTIME), beside={"api/x.json": b"{}"}):
        pass
    assert contents(tmp_path) == before
