"""Which Splunk server tests run on, and how to log in there. Secrets come from the environment only."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.base.diagnostics import ConfigError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_PORT = 8089
DEFAULT_COLLECTOR_PORT = 8088
TOKEN, USERNAME, PASSWORD = (
    "CONTENTPACK_SPLUNK_TOKEN",
    "CONTENTPACK_SPLUNK_USERNAME",
    "CONTENTPACK_SPLUNK_PASSWORD",
)


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host and port of a server's interface."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SplunkTarget:
    """A server: its REST interface and event collector, and a token or a user with password.

    `verify`: certificates are checked, against `ca_file` where one is given. `timeout` is that of one call, in seconds. Secrets are in no representation.
    """

    rest: Address
    collector: Address
    token: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    verify: bool = True
    ca_file: Path | None = None
    timeout: float = 60.0


def read_address(text: str, port: int) -> Address:
    """Return the address that a text such as `https://splunk.example:8089` or `localhost` means.

    Raises:
        ConfigError: it is none.
    """
    given = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(given)
        found = parts.port
    except ValueError as error:
        raise ConfigError(f"`{text}` is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ConfigError(f"`{text}` is no address of a server such as https://localhost:{port}")
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"an address holds no login; set {TOKEN}, or {USERNAME} and {PASSWORD}")
    return Address(parts.scheme, parts.hostname, found if found is not None else port)


def target_from(
    url: str,
    environment: Mapping[str, str],
    *,
    collector: str = "",
    verify: bool = True,
    ca_file: Path | None = None,
) -> SplunkTarget:
    """Return the target of an address, with the login that the environment holds.

    Raises:
        ConfigError: an address is none, or no login is set.
    """
    rest = read_address(url, DEFAULT_PORT)
    events = (
        read_address(collector, DEFAULT_COLLECTOR_PORT)
        if collector
        else Address(rest.scheme, rest.host, DEFAULT_COLLECTOR_PORT)
    )
    token = environment.get(TOKEN, "").strip()
    username, password = environment.get(USERNAME, "").strip(), environment.get(PASSWORD, "")
    if not token and not (username and password):
        raise ConfigError(f"no login for {rest}: set {TOKEN}, or {USERNAME} and {PASSWORD}, in the environment")
    return SplunkTarget(rest, events, token, username, password, verify, ca_file)
