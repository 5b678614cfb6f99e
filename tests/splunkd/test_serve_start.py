"""How the server starts, says that it is ready, ends, and what it keeps over a restart."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest
from running import PASSWORD, Server, start_server, stop_server

if TYPE_CHECKING:
    from pathlib import Path


def _again(server: Server, *options: str) -> Server:
    assert server.end() == 0
    stop_server(server)
    return start_server(server.folder, *options)


def test_ready_line_sigterm_and_what_survives_a_restart(tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    try:
        assert re.fullmatch(
            r"ready rest=https://127\.0\.0\.1:\d+ hec=https://127\.0\.0\.1:\d+ username=admin events=0\n",
            server.lines[-1],
        )
        token = server.token()
        server.hec("/event", b'{"event":"stays=1","time":1700000000,"fields":{"site":"n","m":["a","b"]}}', token)
        server.hec("/event", b'{"event":"goes=1"}', token)
        server.post("saved/searches", name="kept", search="search x")
        server.post("authentication/users", name="anna", password="anna-secret", roles="power")
        bearer = server.post("authorization/tokens", name="anna", audience="x").entries["tokens"]["token"]
        server.post("apps/local", name="kept_app", label="Kept")
        server.post("authorization/roles/admin", imported_roles=["power", "user", "can_delete"])
        server.rows("search index=main goes=1 | delete")
        server.rows("| makeresults | eval a=1 | table a | outputlookup kept.csv")
        server.post("storage/collections/config", name="kept_kv")
        header = {"Content-Type": "application/json"}
        server.ask("storage/collections/data/kept_kv", "POST", body=b'{"_key":"k","v":1}', headers=header)
        server = _again(server, "--no-tls")
        assert server.rest.startswith("http://")
        assert "events=1" in server.lines[-1]
        assert server.rows("search index=main | table _raw site m") == [
            {"_raw": "stays=1", "site": "n", "m": ["a", "b"]}
        ]
        assert server.ask("saved/searches/kept").entries["kept"]["search"] == "search x"
        assert server.ask("server/info", user="anna", password="anna-secret").status == 200
        assert server.ask("server/info", user="", headers={"Authorization": f"Bearer {bearer}"}).status == 200
        assert server.ask("apps/local/kept_app").entries["kept_app"]["label"] == "Kept"
        assert server.rows("| inputlookup kept.csv") == [{"a": "1"}]
        assert server.ask("storage/collections/data/kept_kv/k").json["v"] == 1
        assert server.hec("/event", b'{"event":"x"}', token).json["code"] == 0
    finally:
        stop_server(server)
    secrets = [PASSWORD, "anna-secret", bearer]
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(secret.encode() in content for secret in secrets), file
    assert not any(secret in line for line in server.lines for secret in secrets)


def test_a_password_is_made_and_printed_once(tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--no-tls", "--username", "root", password=None)
    try:
        printed = "".join(server.lines)
        found = re.search(r"^password of root: (\S+)$", printed, re.MULTILINE)
        assert found is not None
        assert len(found[1]) >= 20
        assert server.ask("server/info", user="root", password=found[1]).status == 200
        assert server.ask("server/info", user="admin", password=found[1]).status == 401
    finally:
        stop_server(server)
    assert "".join(server.lines).count(found[1]) == 1


def _refused(tmp_path: Path, *options: str, password: str = PASSWORD) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "generator", "serve", "--port", "0", "--hec-port", "0", *options],
        env={"CONTENTPACK_PASSWORD": password, "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


def test_what_keeps_it_from_starting_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "cannot listen on" in _refused(tmp_path, "--port", str(taken.getsockname()[1]))
    assert "at least 8 characters" in _refused(tmp_path, password="short")
    assert "a name without `:`" in _refused(tmp_path, "--username", "a:b")
    server = start_server(tmp_path / "data", "--no-tls")
    try:
        for _ in range(3):
            server.ask("receivers/simple", "POST", body=b"some text", index="main")
        assert "in use by another" in _refused(tmp_path, "--data-dir", str(tmp_path / "data"))
    finally:
        stop_server(server)
    journal = tmp_path / "data" / "var" / "events.journal"
    journal.write_bytes(b"XXXX" + journal.read_bytes()[4:])
    assert "is damaged at byte 0" in _refused(tmp_path, "--data-dir", str(tmp_path / "data"))


def test_the_certificate_is_for_this_host_and_stays(tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    try:
        pem = tmp_path / "data" / "server.pem"
        assert pem.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
        trusted = ssl.create_default_context(cafile=str(pem))
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{server.rest}/services/server/info", context=trusted, timeout=20)
        before = pem.read_bytes()
        server = _again(server)
        assert pem.read_bytes() == before
        server = _again(server, "--host", "127.0.0.2")
        assert pem.read_bytes() != before
        trusted = ssl.create_default_context(cafile=str(pem))
        for address in ("127.0.0.2", "127.0.0.1", "localhost"):
            with (
                socket.create_connection(("127.0.0.2", server.port), timeout=20) as plain,
                trusted.wrap_socket(plain, server_hostname=address) as wrapped,
            ):
                assert wrapped.version()
    finally:
        stop_server(server)


def test_limits_of_requests_and_events(tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--no-tls", "--max-request-mb", "1", "--max-events", "5")
    try:
        token = server.token()
        large = b'{"event":"' + b"x" * 1_200_000 + b'"}'
        assert server.hec("/event", large, token).status == 413
        assert server.ask("receivers/simple", "POST", body=large).status == 413
        five = b"".join(b'{"event":"n"}' for _ in range(5))
        assert server.hec("/event", five, token).json["code"] == 0
        answer = server.hec("/event", b'{"event":"one more"}', token)
        assert (answer.status, answer.json["code"]) == (503, 9)
        assert server.hec("/health", None, token).json["code"] == 18
        assert len(server.rows("search index=main")) == 5
    finally:
        stop_server(server)


def test_the_pack_is_installed_as_its_app(tmp_path: Path, root: Path) -> None:
    server = start_server(tmp_path / "data", "--no-tls", repo=root)
    try:
        app = next(name for name in server.ask("apps/local", count=0).entries if name not in {"search", "launcher"})
        assert app
        found = server.ask("saved/searches", count=0).json["entry"]
        assert any(entry["acl"]["sharing"] == "global" for entry in found)
        assert server.post(f"saved/searches/{found[0]['name'].replace(' ', '%20')}", description="mine").status == 200
    finally:
        stop_server(server)
