"""The knowledge objects of one app on a Splunk server, read over REST: what `contentpack import URL` imports.

Saved searches come from `saved/searches`, other stanzas from `configs/conf-<name>`, lookup tables by a search (there is
no endpoint that gives a table's text). Nothing is written to the server.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote, urlsplit

from generator.base.diagnostics import BackendError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

_META: Final = ("eai:", "disabled_by_", "embed.", "next_scheduled_time", "qualifiedSearch", "orphan")
_DEFAULT_PORT: Final = 8089


class Service(Protocol):
    """What is used of `splunklib.client.Service`."""

    def get(self, path_segment: str, owner: str | None = None, app: str | None = None, **query: object) -> Any:  # noqa: ANN401
        """Return the response of a GET request, with its `body`."""
        ...

    def post(self, path_segment: str, owner: str | None = None, app: str | None = None, **query: object) -> Any:  # noqa: ANN401
        """Return the response of a POST request."""
        ...


class KnowledgeServer:
    """An app on a server. Errors of the server and of the connection are `BackendError`."""

    def __init__(self, service: Service, app: str, where: str = "the server") -> None:
        self._service = service
        self._app = app
        self._where = where

    @property
    def title(self) -> str:
        """The app's id."""
        return self._app

    def stanzas(self, conf: str) -> Mapping[str, Mapping[str, str]]:
        """Return the stanzas of a conf file, as the server merges them; those of other apps are left out.

        Raises:
            BackendError: the server cannot be asked.
        """
        path = "saved/searches" if conf == "savedsearches" else f"configs/conf-{quote(conf, safe='')}"
        found: dict[str, dict[str, str]] = {}
        for entry in self._entries(path):
            if entry.get("acl", {}).get("app") != self._app:
                continue
            content = entry.get("content", {})
            found[str(entry.get("name", ""))] = {
                key: _value(value) for key, value in content.items() if value is not None and not key.startswith(_META)
            }
        return found

    def table(self, filename: str) -> bytes | None:
        """Return a lookup's rows as CSV, or None when the server has none of that name."""
        if not filename.endswith(".csv") or any(character in filename for character in '"|[]`'):
            return None
        try:
            response = self._service.post(
                "search/jobs/export",
                owner="nobody",
                app=self._app,
                search=f'| inputlookup "{filename}"',
                output_mode="csv",
            )
            data: bytes = response.body.read()
        except Exception:  # noqa: BLE001 - a lookup that cannot be read is told by the import; splunklib's errors are many
            return None
        return data if data.strip() else None

    def _entries(self, path: str) -> list[dict[str, Any]]:
        try:
            response = self._service.get(path, owner="nobody", app=self._app, count=0, output_mode="json")
            data = json.loads(response.body.read())
        except Exception as error:
            status = getattr(error, "status", None)
            if status == 404:
                return []
            raise BackendError(f"{self._where} does not give {path} of {self._app}: {str(error).strip()}") from error
        entries = data.get("entry", [])
        return [entry for entry in entries if isinstance(entry, dict)]


def _value(value: object) -> str:
    """Return a setting as the conf file has it: JSON's true and false are 1 and 0 there."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return "\n".join(str(item) for item in value) if isinstance(value, list) else str(value)


def connect(url: str, app: str, *, username: str, password: str, token: str, verify: bool) -> KnowledgeServer:
    """Log in to a server's management port and return an app of it.

    Raises:
        ConfigError: the address or the credentials are missing.
        BackendError: the server refuses, or is not there.
    """
    import splunklib.client  # noqa: PLC0415 - slow to load, and only this needs it

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"`{url}` is no address such as https://splunk.example:8089")
    if not token and not password:
        raise ConfigError(
            "the server needs a password (CONTENTPACK_PASSWORD) or a token (CONTENTPACK_TOKEN) in the environment"
        )
    where = f"{parts.scheme}://{parts.hostname}:{parts.port or _DEFAULT_PORT}"
    login: dict[str, Any] = {"splunkToken": token} if token else {"username": username, "password": password}
    try:
        service = splunklib.client.connect(
            scheme=parts.scheme, host=parts.hostname, port=parts.port or _DEFAULT_PORT, verify=verify, **login
        )
    except Exception as error:
        raise BackendError(f"{where}: {str(error).strip() or type(error).__name__}") from error
    return KnowledgeServer(service, app, where)
