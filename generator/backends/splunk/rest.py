"""One conversation with a server's REST interface through splunk-sdk: calls, answers as data, errors that say what to do.

Answers are asked for as JSON. What goes wrong becomes a `BackendError`; `missing` and `existing` tell the two answers that
callers act upon. Left out on purpose: retries, but for the first connection (`connect`), since most calls change something.
"""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from splunklib import binding, client

from generator.base.diagnostics import BackendError

if TYPE_CHECKING:
    from generator.backends.splunk.target import SplunkTarget

_HINTS = {
    401: "check the token, or the user and password",
    403: "the user may not do this; tests need a role that can edit roles, indexes, apps and HEC tokens, such as admin",
    503: "the server is busy or still starting",
}


class RestError(BackendError):
    """A call that was refused: its HTTP `status`, and what the server said."""

    def __init__(self, message: str, status: int, text: str) -> None:
        super().__init__(message)
        self.status = status
        self.text = text

    @property
    def missing(self) -> bool:
        """There is no such object."""
        return self.status == 404

    @property
    def existing(self) -> bool:
        """There is such an object already."""
        return self.status == 409 or "already exists" in self.text.lower()


def named(path: str, name: str) -> str:
    """Return the path of an object: its name is one segment whatever it holds (`/` goes encoded twice, as splunkd wants it)."""
    return f"{path}/{quote(name.replace('/', '%2F'), safe='')}"


class Rest:
    """Calls to one server. `service` is splunk-sdk's, logged in."""

    def __init__(self, target: SplunkTarget) -> None:
        self.target = target
        self._service: client.Service | None = None

    @property
    def service(self) -> client.Service:
        """The SDK's service.

        Raises:
            BackendError: `connect` was not called.
        """
        if self._service is None:
            raise BackendError("not connected")
        return self._service

    def connect(self) -> dict[str, Any]:
        """Log in; return what the server says of itself (`version`, `product_type`, ...).

        Raises:
            BackendError: it cannot be reached, or refuses the login.
        """
        target = self.target
        context = ssl.create_default_context(cafile=target.ca_file) if target.verify else None
        given: dict[str, Any] = {
            "scheme": target.rest.scheme,
            "host": target.rest.host,
            "port": target.rest.port,
            "handler": binding.handler(timeout=target.timeout, verify=target.verify, context=context),
            "autologin": bool(not target.token),
        }
        if target.token:
            given["splunkToken"] = target.token
        else:
            given |= {"username": target.username, "password": target.password}
        service = client.Service(**given)
        try:
            service.login()
        except Exception as error:
            raise self._trouble("POST", "auth/login", error) from error
        self._service = service
        return self.entries("server/info")[0]["content"]  # type: ignore[no-any-return]

    def get(self, path: str, *, owner: str | None = None, app: str | None = None, **query: Any) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to GET.

        Raises:
            RestError: it was refused.
            BackendError: the server cannot be reached, or answers with what is no JSON.
        """
        return self._call("GET", path, owner, app, query)

    def post(self, path: str, *, owner: str | None = None, app: str | None = None, **form: Any) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to POST. Raises as `get`."""
        return self._call("POST", path, owner, app, form)

    def delete(self, path: str, *, owner: str | None = None, app: str | None = None) -> None:
        """Delete an object; one that is gone already is no trouble. Raises as `get`."""
        try:
            self._call("DELETE", path, owner, app, {})
        except RestError as error:
            if not error.missing:
                raise

    def entries(self, path: str, *, owner: str | None = None, app: str | None = None, **query: Any) -> list[Any]:  # noqa: ANN401 - form values
        """Return the entries of a feed. Raises as `get`."""
        found = self.get(path, owner=owner, app=app, **query)
        entries = found.get("entry") if isinstance(found, dict) else None
        if not isinstance(entries, list):
            raise BackendError(f"{self.target.rest} answers {path} with no list of entries; is this splunkd?")
        return entries

    def content(self, path: str, *, owner: str | None = None, app: str | None = None) -> dict[str, Any] | None:
        """Return the settings of one object, None where there is none. Raises as `get`."""
        try:
            entries = self.entries(path, owner=owner, app=app)
        except RestError as error:
            if error.missing:
                return None
            raise
        return dict(entries[0]["content"]) if entries else None

    def _call(self, method: str, path: str, owner: str | None, app: str | None, values: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        sharing = "app" if owner is not None or app is not None else None
        given = {key: value for key, value in values.items() if value is not None}
        service = self.service
        target = binding.UrlEncoded(path, skip_encode=True)
        try:
            if method == "GET":
                answer = service.get(target, owner, app, sharing=sharing, output_mode="json", **given)
            elif method == "POST":
                answer = service.post(target, owner, app, sharing, output_mode="json", **given)
            else:
                answer = service.delete(target, owner, app, sharing, output_mode="json")
            body = answer.body.read()
        except Exception as error:
            raise self._trouble(method, path, error) from error
        if not body.strip():
            return {}
        try:
            return json.loads(body)
        except ValueError as error:
            raise BackendError(f"{self.target.rest} answers {method} {path} with what is no JSON") from error

    def _trouble(self, method: str, path: str, error: Exception) -> BackendError:
        """Return the error for what went wrong, in words.

        Raises:
            Exception: it is no trouble of the world's: the error itself.
        """
        where = self.target.rest
        if isinstance(error, binding.AuthenticationError):
            return BackendError(f"{where} refuses the login; {_HINTS[401]}")
        if isinstance(error, binding.HTTPError):
            text = _message(error.body) or error.reason or ""
            hint = _HINTS.get(error.status)
            told = f"{where} refuses {method} {path}: {error.status} {text}".rstrip()
            return RestError(f"{told}; {hint}" if hint else told, error.status, text)
        if isinstance(error, ssl.SSLCertVerificationError):
            return BackendError(
                f"the certificate of {where} cannot be trusted: {error.verify_message}; name its authority with "
                "--splunk-ca, or for a server of your own use --splunk-insecure"
            )
        if isinstance(error, TimeoutError):
            return BackendError(f"{where} does not answer {method} {path} within {self.target.timeout:g} s")
        if isinstance(error, ssl.SSLError):
            return BackendError(f"{where} does not speak TLS as it should ({error.reason}); is the scheme right?")
        if isinstance(error, OSError | http.client.HTTPException):
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            return BackendError(f"cannot reach {where}: {reason}")
        raise error


def _message(body: bytes) -> str:
    """Return what the server says in an error's body, in JSON or XML."""
    text = body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        start, end = text.find("<msg"), text.find("</msg>")
        return " ".join(text[text.find(">", start) + 1 : end].split()) if 0 <= start < end else ""
    messages = found.get("messages", []) if isinstance(found, dict) else []
    return "; ".join(str(one.get("text", "")) for one in messages if isinstance(one, dict))
