"""A server is put together: built-in apps, given ones, its own folder, the administrator, the events of before."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from generator.base.diagnostics import BackendError
from generator.base.frozen import dataclass
from generator.splunkd.data import TOKEN_APP
from generator.splunkd.instance import Instance, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_OWN_APPS = ("search", "launcher", TOKEN_APP, "Splunk_SA_CIM")
"""Apps that every server has; what they know of events is built into the engine."""


@dataclass(frozen=True, slots=True)
class Started:
    """A server, and the password that was made for it ("" where one was given)."""

    server: Instance
    made_password: str


def start(
    apps: Iterable[Path],
    root: Path,
    *,
    username: str,
    password: str | None,
    persistent: bool,
    clock: Callable[[], float],
    limits: Limits | None = None,
    now: float | None = None,
) -> Started:
    """Put a server together in its folder, which one server at a time may use.

    Raises:
        BackendError: the folder is in use, cannot be made, or what is in it is damaged.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        os.chmod(root, 0o700)  # noqa: PTH101 - a folder of secrets
    except OSError as error:
        raise BackendError(f"{root}: cannot be made: {error.strerror or error}") from error
    if persistent:
        _claim(root)
    given: dict[str, Path | None] = dict.fromkeys(_OWN_APPS)
    for folder in apps:
        given[folder.resolve().name] = folder.resolve()
    server = Instance(given.items(), root, clock=clock, persistent=persistent, limits=limits, now=now)
    made = "" if password is not None else secrets.token_urlsafe(18)
    server.accounts.set_user(username, password=password or made, roles=("admin",))
    server.restore()
    return Started(server, made)


def _claim(root: Path) -> None:
    """Note that this process uses a folder.

    Raises:
        BackendError: another one that is alive does.
    """
    file = root / "serve.lock"
    stream = file.open("a+b")
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 - Windows only

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.close()
        raise BackendError(f"{root} is in use by another `contentpack serve`; give another --data-dir") from error
    _LOCKS.append(stream)


_LOCKS: list[object] = []
"""Open files whose locks last as long as the process."""
