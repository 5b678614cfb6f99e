"""Requests to a Splunk: verified TLS, no redirect, limits, and no secret in anything that is printed.

A secret is a `Secret`: it has no readable form but `reveal()`, and `Remote` takes it out of every message that comes back,
since servers repeat what they were sent.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.base.diagnostics import BackendError, ConfigError
from generator.ci.markdown import cut

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_BYTES = 256 * 1024 * 1024
_TIMEOUT = 120.0
_MAX_TOLD = 500
_HTTP_NOT_FOUND = 404


class Secret:
    """A token or password from the environment."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, for a request and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


def secret_of(environ: Mapping[str, str], name: str) -> Secret:
    """Return a secret from the environment.

    Raises:
        ConfigError: it is not set, or cannot be a header.
    """
    text = environ.get(name, "").strip()
    if not text:
        raise ConfigError(f"{name} is not set; secrets come from the environment only")
    if not text.isascii() or not text.isprintable():
        raise ConfigError(f"{name} holds characters that no token has")
    return Secret(text)


def bearer(token: Secret) -> Secret:
    """Return the value of an `Authorization` header with a token."""
    return Secret(f"Bearer {token.reveal()}")


def basic(user: str, password: Secret) -> Secret:
    """Return the value of an `Authorization` header with a password."""
    return Secret(f"Basic {base64.b64encode(f'{user}:{password.reveal()}'.encode()).decode()}")


class Remote:
    """One server. `base` is its address without a slash at the end; `headers` go with every request."""

    def __init__(
        self, base: str, headers: Mapping[str, Secret], *, ca: Path | None = None, secrets: tuple[Secret, ...] = ()
    ) -> None:
        parts = urlsplit(base)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.username
            or parts.query
            or parts.fragment
        ):
            raise ConfigError(f"`{base}` is no address such as https://splunk.example:8089")
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise ConfigError(f"`{base}` would send secrets without TLS; use https")
        self._base = base.rstrip("/")
        self._headers = headers
        self._secrets = (*headers.values(), *secrets)
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
        self._opener = urllib.request.build_opener(
            _NoRedirect(), urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler()
        )

    @property
    def base(self) -> str:
        """The server's address."""
        return self._base

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON of a resource, None where there is none (404).

        Raises:
            BackendError: the server cannot be reached, refused, or answered with something else.
        """
        return self._ask(path, None, {})

    def post(self, path: str, body: bytes, headers: Mapping[str, str | Secret]) -> Any:  # noqa: ANN401 - JSON
        """Send a body; return the JSON of the answer, None for an empty one.

        Raises:
            BackendError: as `get`, and for 404.
        """
        return self._ask(path, body, headers)

    def _ask(self, path: str, body: bytes | None, headers: Mapping[str, str | Secret]) -> Any:  # noqa: ANN401 - JSON
        request = urllib.request.Request(f"{self._base}{path}", data=body)  # noqa: S310 - the scheme was checked
        for name, value in {**self._headers, **headers}.items():
            request.add_header(name, value.reveal() if isinstance(value, Secret) else value)
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                raw = answer.read(MAX_BYTES + 1)
        except urllib.error.HTTPError as error:
            if error.code == _HTTP_NOT_FOUND and body is None:
                return None
            told = self._clean(error.read(64 * 1024).decode("utf-8", errors="replace"))
            raise BackendError(f"{self._base}{path} answered {error.code}: {told or error.reason}") from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = self._clean(str(getattr(error, "reason", error)))
            raise BackendError(f"{self._base} cannot be reached: {reason}") from None
        if len(raw) > MAX_BYTES:
            raise BackendError(f"{self._base}{path} answered with more than {MAX_BYTES // 1024 // 1024} MiB")
        if not raw.strip():
            return None
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise BackendError(f"{self._base}{path} did not answer with JSON") from None

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            word = secret.reveal()
            for part in {word, word.rpartition(" ")[2]}:
                text = text.replace(part, "…")
        return cut(" ".join(text.split()), _MAX_TOLD)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a redirect would carry the secrets elsewhere."""

    def redirect_request(self, *_: object) -> None:
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
