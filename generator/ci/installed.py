"""What is installed on a Splunk, and the way to change it: REST (Splunk Enterprise) and ACS (Splunk Cloud).

REST knows every stanza, so that a plan can say what differs; a package is installed from where the *server* finds it. ACS takes
the package itself and knows versions only. Facts: Splunk REST API Reference (`apps/local`, `configs/conf-{file}`); Admin Config
Service API Reference (`apps/victoria`, `apps`; headers `X-Splunk-Authorization`, `ACS-Legal-Ack`).
"""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

from generator.base.diagnostics import BackendError, ConfigError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.ci.remote import Remote, Secret

    Stanzas = Mapping[str, Mapping[str, str]]

_STACK = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_BOOLEANS = {"true": "1", "false": "0"}
ACS = "https://admin.splunk.com"
_POLL_SECONDS = 10.0
_MOST_POLLS = 90


@dataclass(frozen=True, slots=True)
class Installed:
    """An app as a server has it; `stanzas` by conf file (`savedsearches`), None where the server does not tell."""

    version: str
    stanzas: Mapping[str, Stanzas] | None = None


class Target(Protocol):
    """A place to which an app is deployed."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    def installed(self, app: str, confs: tuple[str, ...]) -> Installed | None:
        """Return the app as it is installed, None where it is not.

        Raises:
            BackendError: the server cannot be asked.
        """
        ...

    def install(self, app: str, version: str, package: bytes) -> str:
        """Install a package over what is there; return what the server says of it.

        Raises:
            BackendError: the server refused it, or has another version afterwards.
        """
        ...


class RestTarget:
    """Splunk Enterprise by its management port. `at` is the package's place as the server sees it, a path or an address."""

    def __init__(self, remote: Remote, at: str | None) -> None:
        self._remote = remote
        self._at = at

    @property
    def name(self) -> str:
        """The server's address."""
        return self._remote.base

    def installed(self, app: str, confs: tuple[str, ...]) -> Installed | None:
        """Return the app with its stanzas."""
        found = self._remote.get(f"/services/apps/local/{quote(app, safe='')}?output_mode=json")
        if found is None:
            return None
        version = str(_first(found).get("content", {}).get("version", ""))
        stanzas = {}
        for conf in confs:
            query = urlencode({"output_mode": "json", "count": "0"})
            listed = self._remote.get(
                f"/servicesNS/nobody/{quote(app, safe='')}/configs/conf-{quote(conf, safe='')}?{query}"
            )
            stanzas[conf] = _stanzas(listed, app) if listed is not None else {}
        return Installed(version, stanzas)

    def install(self, app: str, version: str, package: bytes) -> str:
        """Have the server install the package that it finds at its own place."""
        del package
        if self._at is None:
            raise ConfigError("a Splunk installs a package from its own disk; say with --package-at where it finds it")
        form = urlencode({"name": self._at, "filename": "1", "update": "1"}).encode()
        headers: dict[str, str | Secret] = {"Content-Type": "application/x-www-form-urlencoded"}
        self._remote.post("/services/apps/local?output_mode=json", form, headers)
        now = self.installed(app, ())
        if now is None or now.version != version:
            there = "nothing" if now is None else now.version
            raise BackendError(
                f"{self.name} has {there} of {app} after installing {version}; is {self._at} the right package?"
            )
        return f"{app} {version} is installed"


class AcsTarget:
    """Splunk Cloud by the Admin Config Service. `classic` for stacks of the Classic Experience."""

    def __init__(
        self,
        remote: Remote,
        stack: str,
        inspected: Secret,
        *,
        classic: bool,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not _STACK.fullmatch(stack):
            raise ConfigError(f"`{stack}` is no name of a stack")
        self._remote = remote
        self._stack = stack
        self._inspected = inspected
        self._apps = f"/{stack}/adminconfig/v2/apps{'' if classic else '/victoria'}"
        self._classic = classic
        self._sleep = sleep

    @property
    def name(self) -> str:
        """The stack."""
        return f"stack {self._stack}"

    def installed(self, app: str, confs: tuple[str, ...]) -> Installed | None:
        """Return the app's version."""
        del confs
        found = self._remote.get(f"{self._apps}/{quote(app, safe='')}")
        return None if found is None else Installed(str(_object(found).get("version", "")))

    def install(self, app: str, version: str, package: bytes) -> str:
        """Upload the package and wait until the stack has it."""
        headers: dict[str, str | Secret] = {"ACS-Legal-Ack": "Y"}
        if self._classic:
            body, kind = _form({"token": self._inspected.reveal().encode()}, f"{app}.tar.gz", package)
            headers["Content-Type"] = kind
        else:
            body = package
            headers |= {"X-Splunk-Authorization": self._inspected, "Content-Type": "application/octet-stream"}
        self._remote.post(self._apps, body, headers)
        for _ in range(_MOST_POLLS):
            found = _object(self._remote.get(f"{self._apps}/{quote(app, safe='')}") or {})
            status = str(found.get("status", "")).lower()
            if status == "installed" and str(found.get("version", "")) == version:
                return f"{app} {version} is installed"
            if status in {"failed", "error"}:
                raise BackendError(f"{self.name} could not install {app} {version}: {status}")
            self._sleep(_POLL_SECONDS)
        raise BackendError(
            f"{self.name} has not installed {app} {version} within {_POLL_SECONDS * _MOST_POLLS / 60:.0f} minutes"
        )


def plain_value(value: object) -> str:
    """Return a value as a conf file would have it; the REST interface gives Booleans as such, or as words."""
    if isinstance(value, bool):
        return str(int(value))
    text = "" if value is None else str(value)
    return _BOOLEANS.get(text.strip().lower(), text.strip())


def _first(data: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    entries = _object(data).get("entry")
    if not isinstance(entries, list) or not entries or not isinstance(entries[0], dict):
        raise BackendError("the server's answer has no entry")
    return entries[0]


def _object(data: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(data, dict):
        raise BackendError("the server's answer is no JSON object")
    return data


def _stanzas(data: Any, app: str) -> dict[str, dict[str, str]]:  # noqa: ANN401 - JSON
    found: dict[str, dict[str, str]] = {}
    for entry in _object(data).get("entry") or ():
        if isinstance(entry, dict) and isinstance(entry.get("content"), dict):
            owner = (entry.get("acl") or {}).get("app", app) if isinstance(entry.get("acl"), dict) else app
            if owner == app:
                content = entry["content"]
                found[str(entry.get("name", ""))] = {
                    key: plain_value(value) for key, value in content.items() if not key.startswith("eai:")
                }
    return found


def _form(fields: Mapping[str, bytes], name: str, package: bytes) -> tuple[bytes, str]:
    """Return a multipart form with a file `package`, and its content type."""
    mark = f"contentpack-{uuid.uuid4().hex}"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n'.encode() + value + b"\r\n"
        for key, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="package"; filename="{name}"\r\n'
    parts.append(f"{head}Content-Type: application/gzip\r\n\r\n".encode() + package + b"\r\n")
    return b"".join((*parts, f"--{mark}--\r\n".encode())), f"multipart/form-data; boundary={mark}"
