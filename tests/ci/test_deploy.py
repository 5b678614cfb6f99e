"""`contentpack deploy` against a small server that answers as Splunk's REST interface and ACS do: the plan, the flag, secrets."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from pullrequests import Repository, base_files, change

from generator.base.diagnostics import BackendError, ConfigError
from generator.ci.deployment import Plan
from generator.ci.installed import AcsTarget
from generator.ci.remote import Remote, Secret, secret_of
from generator.cli.main import cli, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "eyJhbGciOiJIUzI1NiJ9.c3BsdW5r.s3cr3t"
INSPECTED = "appinspect.t0k3n"
PASSWORD = "correct horse"


class Handler(BaseHTTPRequestHandler):
    """Answers with what a test put into `answers`, and keeps what it was asked."""

    answers: ClassVar[dict[str, list[tuple[int, Any]]]] = {}
    asked: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path = self.path.partition("?")[0]
        self.asked.append((self.command, path, dict(self.headers), body))
        listed = self.answers.get(f"{self.command} {path}", [(404, {"messages": [{"text": "Not Found"}]})])
        status, data = listed.pop(0) if len(listed) > 1 else listed[0]
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        if status in {301, 302, 307}:
            self.send_header("Location", raw.decode())
            raw = b""
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Handler.answers.clear()
    Handler.asked.clear()
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    repository = Repository(tmp_path / "pack")
    repository.folder.mkdir()
    repository.write(dict(base_files()))
    change(repository, "contentpack.yml", ("version: 1.0.0", "version: 1.1.0"))
    for name in (
        "CONTENTPACK_SPLUNK_TOKEN",
        "CONTENTPACK_SPLUNK_PASSWORD",
        "CONTENTPACK_SPLUNK_USERNAME",
        "CONTENTPACK_ACS_TOKEN",
        "CONTENTPACK_APPINSPECT_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CONTENTPACK_CACHE", str(tmp_path / "cache"))
    return repository.folder


def entry(name: str, **content: object) -> dict[str, object]:
    return {"name": name, "acl": {"app": "acme_pack"}, "content": content}


def answer_rest(version: str = "1.0.0") -> None:
    conf = "GET /servicesNS/nobody/acme_pack/configs/conf-"
    Handler.answers.update(
        {
            "GET /services/apps/local/acme_pack": [(200, {"entry": [entry("acme_pack", version=version)]})],
            f"{conf}savedsearches": [
                (200, {"entry": [
                    entry("ACME - Acme Tool 01 - Rule", search="index=old", cron_schedule="0 * * * *", disabled=True, **{"eai:acl": None, "dispatch.ttl": "2p"}),
                    entry("ACME - Gone - Rule", search="index=gone"),
                    {"name": "Errors in the last day", "acl": {"app": "search"}, "content": {"search": "error"}},
                ]})
            ],
            f"{conf}macros": [(200, {"entry": [entry("acme_process", definition='sourcetype="acme:process" action=started')]})],
            f"{conf}transforms": [(200, {"entry": []})],
            f"{conf}collections": [(200, {"entry": []})],
        }
    )  # fmt: skip


def deploy(
    pack: Path,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
    secrets: tuple[str, ...] = (TOKEN, INSPECTED, PASSWORD),
) -> tuple[int, str, str]:
    code = run(cli, ("deploy", "--repo", str(pack), *arguments), "contentpack")
    out, err = capsys.readouterr()
    assert "Traceback" not in err, err
    for secret in secrets:
        for form in (secret, base64.b64encode(f"admin:{secret}".encode()).decode()):
            assert form not in out + err, "a secret was printed"
    return code, out, err


def test_the_plan_comes_first_and_nothing_is_sent(
    server: str, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", TOKEN)
    answer_rest()
    code, out, err = deploy(pack, capsys, "--rest", server)
    assert code == 0
    assert "acme_pack 1.0.0 -> 1.1.0" in out
    assert "~ ACME - Acme Tool 01 - Rule" in out
    assert "- index=old" in out
    assert "- ACME - Gone - Rule (gone)" in out
    assert "+ ACME - Acme Tool 02 - Rule (new)" in out
    assert "Errors in the last day" not in out, "another app's"
    assert "dispatch.ttl" not in out, "a key that the package does not have"
    assert "disabled" not in out.partition("Tool 02")[0], "true and 1 are the same"
    assert "nothing was deployed" in err
    assert {method for method, *_ in Handler.asked} == {"GET"}
    assert all(headers["Authorization"] == f"Bearer {TOKEN}" for _, _, headers, _ in Handler.asked)


def test_rest_installs_from_the_servers_own_place(
    server: str, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_PASSWORD", PASSWORD)
    answer_rest()
    app = "GET /services/apps/local/acme_pack"
    Handler.answers[app] = [*Handler.answers[app], (200, {"entry": [entry("acme_pack", version="1.1.0")]})]
    Handler.answers["POST /services/apps/local"] = [(201, {"entry": [entry("acme_pack")]})]
    code, out, _ = deploy(pack, capsys, "--rest", server, "--package-at", "/srv/acme pack.tar.gz", "--apply")
    assert code == 0
    assert "acme_pack 1.1.0 is installed" in out
    (sent,) = (body for method, _, _, body in Handler.asked if method == "POST")
    assert sent == b"name=%2Fsrv%2Facme+pack.tar.gz&filename=1&update=1"


def test_rest_says_when_another_version_is_there_afterwards(
    server: str, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", TOKEN)
    answer_rest()
    Handler.answers["POST /services/apps/local"] = [(200, {"entry": []})]
    code, _, err = deploy(pack, capsys, "--rest", server, "--package-at", "/srv/x.tar.gz", "--apply")
    assert code == 2
    assert "has 1.0.0 of acme_pack after installing 1.1.0" in err
    code, _, err = deploy(pack, capsys, "--rest", server, "--apply")
    assert code == 2
    assert "--package-at" in err


@pytest.mark.parametrize("classic", [False, True])
def test_acs(
    server: str, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, classic: bool
) -> None:
    monkeypatch.setenv("CONTENTPACK_ACS_TOKEN", TOKEN)
    monkeypatch.setenv("CONTENTPACK_APPINSPECT_TOKEN", INSPECTED)
    apps = f"/acme/adminconfig/v2/apps{'' if classic else '/victoria'}"
    Handler.answers[f"GET {apps}/acme_pack"] = [
        (200, {"name": "acme_pack", "version": "1.0.0", "status": "installed"}),
        (200, {"name": "acme_pack", "version": "1.1.0", "status": "installed"}),
    ]
    Handler.answers[f"POST {apps}"] = [(202, {"name": "acme_pack", "status": "processing"})]
    options = ("--acs", "acme", "--acs-url", server, *(("--classic",) if classic else ()))
    code, out, _ = deploy(pack, capsys, *options, "--apply")
    assert code == 0, out
    assert "acme_pack 1.0.0 -> 1.1.0 on stack acme" in out
    ((headers, body),) = ((headers, body) for method, _, headers, body in Handler.asked if method == "POST")
    assert headers["Acs-Legal-Ack"] == "Y"
    if classic:
        assert b'name="token"\r\n\r\n' + INSPECTED.encode() in body
        assert b"\x1f\x8b\x08" in body
        assert "X-Splunk-Authorization" not in headers
    else:
        assert headers["X-Splunk-Authorization"] == INSPECTED
        assert body.startswith(b"\x1f\x8b\x08")


def test_an_app_that_is_not_there_is_all_new(
    server: str, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", TOKEN)
    code, out, _ = deploy(pack, capsys, "--rest", server)
    assert code == 0
    assert "is not installed" in out


def test_a_downgrade_is_refused(
    server: str, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", TOKEN)
    answer_rest("1.10.0")
    code, _, err = deploy(pack, capsys, "--rest", server)
    assert code == 2
    assert "1.1.0 is older than the installed 1.10.0" in err
    assert deploy(pack, capsys, "--rest", server, "--downgrade")[0] == 0


@pytest.mark.parametrize(
    ("installed", "package", "back"),
    [
        ("1.10.0", "1.9.0", True),
        ("1.9.0", "1.10.0", False),
        ("1.0.0", "1.0", False),
        ("1.0", "1.0.0", False),
        ("1.2.3-beta", "1.2.2", True),
        ("1.2.3", "1.2.3-beta", False),
        ("", "0.1.0", False),
    ],
)
def test_which_versions_go_back(installed: str, package: str, back: bool) -> None:  # noqa: FBT001 - a case
    """By the parts that app.conf.spec names: major, minor, revision, and a suffix, which says nothing of the order."""
    assert Plan("acme_pack", "here", installed, package, None).goes_back is back


def test_errors_in_the_pack_stop_before_anything_is_asked(
    server: str, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", TOKEN)
    change(Repository(pack), "detections/endpoint/acme_tool_01.yml", ("| stats", "| stast"))
    code, _, err = deploy(pack, capsys, "--rest", server, "--apply")
    assert code == 2
    assert "SPL003" in err
    assert not Handler.asked


@pytest.mark.parametrize(
    ("status", "data", "message"),
    [
        (401, {"messages": [{"text": f"token {TOKEN} is bad"}]}, "answered 401"),
        (500, f"<html>{TOKEN} Bearer {TOKEN}\x1b[31m</html>".encode(), "answered 500"),
        (200, b"<html>", "did not answer with JSON"),
        (200, [], "no JSON object"),
        (200, {"entry": []}, "no entry"),
        (302, b"https://elsewhere.example/", "answered 302"),
    ],
)
def test_trouble_is_told_without_secrets(  # noqa: PLR0917 - fixtures and cases
    server: str,
    pack: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    data: object,
    message: str,
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", TOKEN)
    Handler.answers["GET /services/apps/local/acme_pack"] = [(status, data)]
    code, _, err = deploy(pack, capsys, "--rest", server)
    assert code == 2
    assert message in err
    assert "\x1b" not in err
    assert len(Handler.asked) == 1, "no redirect is followed"


@pytest.mark.parametrize(
    "arguments", [("--rest", "http://splunk.example:8089"), ("--rest", "ftp://x"), ("--rest", "https://user:pw@x"), ()]
)
def test_where_secrets_would_go_astray(
    pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", TOKEN)
    assert deploy(pack, capsys, *arguments, "--apply")[0] == 2


def test_missing_secrets_are_named(server: str, pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = deploy(pack, capsys, "--rest", server)
    assert code == 2
    assert "CONTENTPACK_SPLUNK_PASSWORD is not set" in err
    assert not Handler.asked


def test_a_secret_has_no_readable_form() -> None:
    secret = secret_of({"X": TOKEN}, "X")
    assert TOKEN not in f"{secret} {secret!r} {[secret]} {vars(Secret).keys()}"
    with pytest.raises(ConfigError):
        secret_of({"X": "a\r\nInjected: 1"}, "X")


def test_acs_gives_up(server: str) -> None:
    slept: list[float] = []
    Handler.answers["POST /acme/adminconfig/v2/apps/victoria"] = [(202, {})]
    Handler.answers["GET /acme/adminconfig/v2/apps/victoria/a"] = [(200, {"status": "processing"})]
    target = AcsTarget(Remote(server, {}), "acme", Secret("x"), classic=False, sleep=slept.append)
    with pytest.raises(BackendError, match="within 15 minutes"):
        target.install("a", "1.0.0", b"")
    assert sum(slept) == 900
    Handler.answers["GET /acme/adminconfig/v2/apps/victoria/a"] = [(200, {"status": "failed"})]
    with pytest.raises(BackendError, match="failed"):
        target.install("a", "1.0.0", b"")
    with pytest.raises(ConfigError):
        AcsTarget(Remote(server, {}), "../other", Secret("x"), classic=False)
