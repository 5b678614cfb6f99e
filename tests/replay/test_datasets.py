"""Where a reference's file is found. Truth: DESIGN section 4 (the longest tail that exists), the LFS pointer's specification
(https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from generator.base.diagnostics import DatasetError
from generator.replay.cache import DataCache
from generator.replay.datasets import DataStore, MissingDataError, Origin, media_url, read_pointer, source_url

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://media.example.com/media/splunk/attack_data/master/datasets/T1/x.log"


@pytest.fixture
def store(tmp_path: Path) -> DataStore:
    (tmp_path / "pack" / "attack_data").mkdir(parents=True)
    (tmp_path / "pack" / "attack_data" / "a.log").write_text("a")
    (tmp_path / "local" / "datasets" / "T1").mkdir(parents=True)
    (tmp_path / "local" / "datasets" / "T1" / "x.log").write_text("x")
    (tmp_path / "local" / "x.log").write_text("the shorter tail")
    return DataStore(tmp_path / "pack", DataCache(tmp_path / "cache"), tmp_path / "local")


def pointer(content: bytes) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n".encode()


def test_the_pack_then_the_longest_tail_then_the_cache(store: DataStore, tmp_path: Path) -> None:
    assert store.find("attack_data/a.log").origin is Origin.PACK
    found = store.find(URL)
    assert (found.origin, found.path) == (Origin.LOCAL, tmp_path / "local" / "datasets" / "T1" / "x.log")
    assert store.find("x.log").path == tmp_path / "local" / "x.log"
    other = "https://example.com/other.log"
    folder = store.cache.place(other)
    folder.mkdir(parents=True)
    (folder / "part").write_text("o")
    store.cache.keep(other, folder / "part", hashlib.sha256(b"o").hexdigest(), 1.0)
    assert store.find(other).origin is Origin.CACHE


def test_local_content_has_the_checksum_that_is_asked_for(store: DataStore, tmp_path: Path) -> None:
    """Truth: docs/testing.md: what stands behind `#sha256=` is the content's checksum, wherever it comes from."""
    right, wrong = hashlib.sha256(b"x").hexdigest(), "a" * 64
    file = tmp_path / "local" / "datasets" / "T1" / "x.log"
    assert store.find(f"{URL}#sha256={right}").path == file
    with pytest.raises(DatasetError, match="its SHA-256 is"):
        store.find(f"{URL}#sha256={wrong}")
    file.write_text("changed")
    with pytest.raises(DatasetError, match="its SHA-256 is"):
        store.find(f"{URL}#sha256={right}")
    file.write_bytes(pointer(b"x"))
    assert store.find(f"{URL}#sha256={right}").origin is Origin.MISSING
    with pytest.raises(DatasetError, match="a Git LFS pointer to other content"):
        store.find(f"{URL}#sha256={wrong}")


def test_what_is_not_here_is_missing_and_says_so(store: DataStore) -> None:
    found = store.find("https://example.com/none.log#sha256=" + "a" * 64)
    assert (found.origin, found.url, found.sha256) == (Origin.MISSING, "https://example.com/none.log", "a" * 64)
    with pytest.raises(MissingDataError, match="data not present"):
        store.path("https://example.com/none.log")
    with pytest.raises(MissingDataError, match="neither in the pack nor"):
        store.path("attack_data/none.log")


@pytest.mark.parametrize(
    "reference",
    [
        "../secret",
        "attack_data/../../secret",
        "/etc/passwd",
        "C:/secret",
        "attack_data\\a.log",
        "https://example.com/a/../../secret",
        "https://example.com/%2e%2e/secret",
        "ftp://example.com/a",
        "file:///etc/passwd",
        "",
        "a\0b",
    ],
)
def test_nothing_outside_is_read(store: DataStore, reference: str) -> None:
    with pytest.raises(DatasetError):
        store.path(reference)


def test_links_are_not_followed(store: DataStore, tmp_path: Path) -> None:
    (tmp_path / "secret.log").write_text("secret")
    (tmp_path / "pack" / "attack_data" / "link.log").symlink_to(tmp_path / "secret.log")
    (tmp_path / "pack" / "linked").symlink_to(tmp_path)
    for reference in ("attack_data/link.log", "linked/secret.log"):
        with pytest.raises(MissingDataError):
            store.path(reference)


def test_an_lfs_pointer_is_its_content_or_missing(store: DataStore, tmp_path: Path) -> None:
    content = b"the events\n" * 200
    file = tmp_path / "local" / "datasets" / "T1" / "x.log"
    file.write_bytes(pointer(content))
    found = store.find(URL)
    digest = hashlib.sha256(content).hexdigest()
    assert (found.origin, found.sha256) == (Origin.MISSING, digest)
    assert "Git LFS pointer" in found.reason
    kept = tmp_path / "local" / ".git" / "lfs" / "objects" / digest[:2] / digest[2:4]
    kept.mkdir(parents=True)
    (kept / digest).write_bytes(content)
    assert store.path(URL) == kept / digest


def test_only_pointers_are_pointers(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(pointer(b"x").replace(b"\n", b"\r\n"))
    assert read_pointer(file) is not None
    for data in (b"", b"version https://git-lfs.github.com/spec/v1\n", b"x" * 2000, pointer(b"x")[1:]):
        file.write_bytes(data)
        assert read_pointer(file) is None


def test_githubs_pages_lead_to_bytes() -> None:
    assert (
        source_url("https://github.com/o/r/blob/main/a/b.log") == "https://raw.githubusercontent.com/o/r/main/a/b.log"
    )
    assert source_url(URL) == URL
    raw = "https://raw.githubusercontent.com/o/r/main/a/b.log"
    assert media_url(raw) == "https://media.githubusercontent.com/media/o/r/main/a/b.log"


def test_an_entry_without_its_record_or_of_another_size_is_absent(tmp_path: Path) -> None:
    cache = DataCache(tmp_path)
    folder = cache.place(URL)
    folder.mkdir(parents=True)
    (folder / "part").write_bytes(b"data")
    cache.keep(URL, folder / "part", "0" * 64, 1.0)
    assert cache.get(URL) == folder / "content"
    assert cache.get(URL + "?") is None
    (folder / "content").write_bytes(b"cut")
    assert cache.get(URL) is None
    assert list(cache.leftovers()) == [folder]
    (folder / "content").write_bytes(b"data")
    (folder / "entry.json").write_text("{broken")
    assert cache.get(URL) is None
    assert cache.remove(folder) > 0
    assert not folder.exists()
    with pytest.raises(DatasetError):
        cache.remove(tmp_path)
