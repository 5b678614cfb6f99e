"""A server as a user starts it: `contentpack serve` as a process, and the SDK and plain HTTP to ask it."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import splunklib.client as sdk
from splunklib.results import JSONResultsReader, Message

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "a good password"
_ANY = ssl._create_unverified_context()


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def entries(self) -> dict[str, Any]:
        """Name to content of the entries of a feed."""
        return {entry["name"]: entry["content"] for entry in self.json["entry"]}


@dataclass
class Server:
    """A running server; `ask` and `hec` are plain HTTP, `sdk` is Splunk's own client."""

    process: subprocess.Popen[bytes]
    rest: str
    collector: str
    folder: Path
    log: Path

    @property
    def lines(self) -> list[str]:
        """What the server has printed so far."""
        return self.log.read_text().splitlines(keepends=True)

    @property
    def port(self) -> int:
        return int(self.rest.rpartition(":")[2])

    def sdk(self, **more: Any) -> sdk.Service:
        scheme = self.rest.partition(":")[0]
        given = {"username": "admin", "password": PASSWORD, "scheme": scheme, "host": "127.0.0.1", "port": self.port}
        return sdk.connect(**{**given, **more})

    def ask(  # noqa: PLR0917 - a request in the order in which one reads it
        self,
        path: str,
        method: str = "GET",
        form: dict[str, Any] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        user: str = "admin",
        password: str = PASSWORD,
        **query: Any,
    ) -> Answer:
        query.setdefault("output_mode", "json")
        sent = {"Connection": "close", **(headers or {})}
        if user and "Authorization" not in sent:
            import base64

            sent["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        if form is not None:
            body = urllib.parse.urlencode(form, doseq=True).encode()
        address = f"{self.rest}{path if path.startswith('/services') else '/services/' + path}"
        wanted = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        return _fetch(f"{address}?{wanted}" if wanted else address, method, body, sent)

    def post(self, path: str, query: dict[str, Any] | None = None, **form: Any) -> Answer:
        return self.ask(path, "POST", form=form, **(query or {}))

    def delete(self, path: str) -> Answer:
        return self.ask(path, "DELETE")

    def hec(self, path: str, body: bytes | None, token: str, *, channel: str | None = None, **headers: str) -> Answer:
        sent = {"Authorization": f"Splunk {token}", **{name.replace("_", "-"): text for name, text in headers.items()}}
        if channel:
            sent["X-Splunk-Request-Channel"] = channel
        address = f"{self.collector}/services/collector{path}"
        return _fetch(address, "GET" if body is None else "POST", body, sent)

    def rows(self, search: str, **more: Any) -> list[dict[str, Any]]:
        """Run a search to its end and return its rows."""
        answer = self.post("search/v2/jobs", search=search, exec_mode="oneshot", count=0, **more)
        assert answer.status == 200, answer.text
        return list(answer.json["results"])

    def token(self, index: str = "main", **more: Any) -> str:
        """Make a token of the collector."""
        name = f"t{uuid.uuid4().hex[:8]}"
        answer = self.post("data/inputs/http", name=name, index=index, **more)
        assert answer.status == 201, answer.text
        return str(answer.entries[name]["token"])

    def index(self) -> str:
        """Make an index of its own for a test."""
        name = f"i{uuid.uuid4().hex[:8]}"
        assert self.post("data/indexes", name=name).status == 201
        return name

    def end(self) -> int:
        """End the server as an operating system does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def _fetch(address: str, method: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    request = urllib.request.Request(address, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, context=_ANY, timeout=60) as answer:
            return Answer(answer.status, answer.read(), {key.lower(): value for key, value in answer.headers.items()})
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(), {key.lower(): value for key, value in error.headers.items()})


def start_server(folder: Path, *options: str, password: str | None = PASSWORD, repo: Path | None = None) -> Server:
    """Start a server on free ports and wait until it says that it is ready."""
    environment = {key: value for key, value in os.environ.items() if key != "CONTENTPACK_PASSWORD"}
    if password is not None:
        environment["CONTENTPACK_PASSWORD"] = password
    arguments = [
        sys.executable,
        "-m",
        "generator",
        "serve",
        "--port",
        "0",
        "--hec-port",
        "0",
        "--data-dir",
        str(folder),
    ]
    if repo is not None:
        arguments += ["--repo", str(repo)]
    # To a file: a thread that reads a pipe would keep other tests of this process from forking.
    log = folder.parent / f"{folder.name}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*arguments, *options], env=environment, cwd=folder.parent, stdout=out, stderr=subprocess.STDOUT
        )
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        for line in log.read_text().splitlines(keepends=True):
            if line.startswith("ready ") and line.endswith("\n"):
                words = dict(word.split("=", 1) for word in line.split()[1:])
                return Server(process, words["rest"], words["hec"], folder, log)
        time.sleep(0.02)
    process.kill()
    raise AssertionError(log.read_text())


def stop_server(server: Server) -> None:
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait(10)


def rows_of(stream: Any) -> list[dict[str, Any]]:
    """Return the rows that the SDK's reader gives."""
    return [dict(row) for row in JSONResultsReader(stream) if not isinstance(row, Message)]
