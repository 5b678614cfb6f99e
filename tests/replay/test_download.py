"""Fetching against a server of this machine: resumed, checked, limited, whole or absent. Truth: RFC 9110 sections 13 to 15."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from generator.base.diagnostics import DatasetError
from generator.replay import download
from generator.replay.cache import DataCache, checksum
from generator.replay.download import Wanted, fetch, fetch_all
from tests.killing import kill_at_random_moments
from tests.replay.server import FileServer

if TYPE_CHECKING:
    import urllib.request
    from collections.abc import Iterator
    from pathlib import Path

BODY = random.Random(7).randbytes(1_000_000)  # noqa: S311 - data of a test
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setattr(download, "_WAIT", 0.01)
    with FileServer({"/a.log": BODY, "/b.log": b"b\n"}) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> DataCache:
    return DataCache(tmp_path / "cache")


def clock() -> float:
    return 5.0


def test_a_file_arrives_with_its_record(server: FileServer, cache: DataCache) -> None:
    path = fetch(Wanted(server.url("/a.log"), SHA), cache, clock=clock)
    assert path.read_bytes() == BODY
    (entry,) = cache.entries()
    assert (entry.url, entry.size, entry.sha256, entry.fetched) == (server.url("/a.log"), len(BODY), SHA, 5.0)
    fetch(Wanted(server.url("/a.log"), SHA), cache, clock=clock)
    assert len(server.requests) == 1


def test_what_broke_off_goes_on(server: FileServer, cache: DataCache) -> None:
    server.cut["/a.log"] = 300_000
    path = fetch(Wanted(server.url("/a.log"), SHA), cache, clock=clock)
    assert path.read_bytes() == BODY
    assert server.requests == [("/a.log", None), ("/a.log", "bytes=300000-")]


def test_parts_of_two_versions_are_never_put_together(server: FileServer, cache: DataCache) -> None:
    server.cut["/a.log"] = 300_000
    server.broken["/a.log"] = 0

    def change(_seconds: float) -> None:
        server.files["/a.log"] = BODY[::-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(download.time, "sleep", change)
        path = fetch(Wanted(server.url("/a.log")), cache, clock=clock)
    assert path.read_bytes() == BODY[::-1]


def test_a_shorter_file_than_the_part_is_fetched_from_the_start(server: FileServer, cache: DataCache) -> None:
    url = server.url("/b.log")
    folder = cache.place(url)
    folder.mkdir(parents=True)
    (folder / "part").write_bytes(b"b\n")
    (folder / "part.json").write_text(f'{{"tag": "\\"{hashlib.sha256(b"b" + bytes([10])).hexdigest()[:16]}\\""}}')
    assert fetch(Wanted(url), cache, clock=clock).read_bytes() == b"b\n"


def test_a_busy_server_is_asked_again_and_a_missing_file_is_not(server: FileServer, cache: DataCache) -> None:
    server.broken["/b.log"] = 2
    assert fetch(Wanted(server.url("/b.log")), cache, clock=clock).read_bytes() == b"b\n"
    server.requests.clear()
    with pytest.raises(DatasetError, match="404"):
        fetch(Wanted(server.url("/none.log")), cache, clock=clock)
    assert len(server.requests) == 1


def test_another_checksum_leaves_nothing(server: FileServer, cache: DataCache) -> None:
    with pytest.raises(DatasetError, match="SHA-256"):
        fetch(Wanted(server.url("/b.log"), SHA), cache, clock=clock)
    assert not list(cache.entries())
    assert not (cache.place(server.url("/b.log")) / "part").exists()


@pytest.mark.parametrize("length", [True, False])
def test_too_much_is_refused(server: FileServer, cache: DataCache, *, length: bool) -> None:
    del length
    with pytest.raises(DatasetError, match="limit"):
        fetch(Wanted(server.url("/a.log")), cache, clock=clock, limit=1000)
    assert not list(cache.entries())


def test_pointers_of_git_lfs_lead_to_their_content(
    server: FileServer, cache: DataCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA}\nsize {len(BODY)}\n".encode()
    server.files["/raw/a.log"] = pointer
    monkeypatch.setattr(download, "media_url", lambda url: url.replace("/raw/", "/"))
    assert fetch(Wanted(server.url("/raw/a.log")), cache, clock=clock).read_bytes() == BODY
    assert cache.by_sha256(SHA) is not None
    server.files["/raw/b.log"] = pointer
    monkeypatch.setattr(download, "media_url", lambda url: url)
    with pytest.raises(DatasetError, match="Git LFS pointer"):
        fetch(Wanted(server.url("/raw/b.log")), cache, clock=clock)


def test_only_https_and_this_machine(server: FileServer, cache: DataCache) -> None:
    for url in ("http://example.com/a", "ftp://127.0.0.1/a", "file:///etc/passwd"):
        with pytest.raises(DatasetError, match="only https"):
            fetch(Wanted(url), cache, clock=clock)
    server.moved["/moved"] = "http://example.com/a"
    with pytest.raises(DatasetError, match="only https"):
        fetch(Wanted(server.url("/moved")), cache, clock=clock)
    server.moved["/moved"] = server.url("/b.log")
    assert fetch(Wanted(server.url("/moved")), cache, clock=clock).read_bytes() == b"b\n"


def test_many_at_once_and_what_failed_is_said(server: FileServer, cache: DataCache) -> None:
    server.files |= {f"/{number}": bytes([number]) * 1000 for number in range(20)}
    seen: list[tuple[int, int]] = []
    wanted = [Wanted(server.url(f"/{number}")) for number in range(22)]
    failed = fetch_all(wanted, cache, clock=clock, progress=lambda done, total: seen.append((done, total)))
    assert sorted(failed) == sorted([server.url("/20"), server.url("/21")])
    assert len(list(cache.entries())) == 20
    assert seen[-1] == (20_000, 20_000)


def test_a_host_that_cannot_be_reached_is_not_tried_for_every_file(
    cache: DataCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_WAIT", 0.0)
    tried: list[str] = []
    opener = download._opener

    class Counting:
        def open(self, request: urllib.request.Request, timeout: float) -> object:
            tried.append(request.full_url)
            return opener().open(request, timeout=timeout)

    monkeypatch.setattr(download, "_opener", Counting)
    with FileServer({}) as server:
        gone = server.url("")
    failed = fetch_all([Wanted(f"{gone}/{number}") for number in range(50)], cache, clock=clock, workers=1)
    assert len(failed) == 50
    assert len(tried) == download.ATTEMPTS
    assert "cannot be reached" in str(failed[f"{gone}/49"])


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_corrupt(server: FileServer, cache: DataCache) -> None:
    """kill -9 at ten random moments of a fetch: the next one goes on, and what is there is whole."""
    server.slow, server.block = 0.004, 8192
    code = (
        "import sys, pathlib\n"
        "from generator.replay.cache import DataCache\n"
        "from generator.replay.download import Wanted, fetch\n"
        "fetch(Wanted(sys.argv[1]), DataCache(pathlib.Path(sys.argv[2])), clock=lambda: 1.0)\n"
    )
    url = server.url("/a.log")
    command = [sys.executable, "-c", code, url, str(cache.folder.parent)]
    resumed = 0

    def check(killed: bool) -> None:  # noqa: FBT001 - what `kill_at_random_moments` calls
        nonlocal resumed
        resumed += any(wanted for _, wanted in server.requests)
        server.requests.clear()
        for entry in cache.entries():
            assert checksum(entry.path) == SHA == entry.sha256
        if not killed:
            for entry in list(cache.entries()):
                cache.remove(entry.path.parent)

    kill_at_random_moments(command, check, seed=11, between=(0.0, 0.45), begun=lambda: bool(server.requests))
    assert resumed
    assert fetch(Wanted(url, SHA), cache, clock=clock).read_bytes() == BODY


def test_a_certificate_that_nobody_trusts_is_refused(
    tmp_path: Path, cache: DataCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https with a certificate of our own: refused, and accepted once the system is told to trust it."""
    import shutil
    import ssl

    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, which makes the certificate")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with FileServer({"/a.log": b"x"}, tls=context) as server:
        with pytest.raises(DatasetError, match="certificate is not trusted"):
            fetch(Wanted(server.url("/a.log")), cache, clock=clock)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        assert fetch(Wanted(server.url("/a.log")), cache, clock=clock).read_bytes() == b"x"
