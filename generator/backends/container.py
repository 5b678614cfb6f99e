"""A Splunk of one's own for a run: a container started, waited for and removed through the `docker` or `podman` command line.

    settings ──command lines (pure, `Runtime`)──▶ container ──ready?──▶ SplunkTarget on the loopback interface

Facts behind it (Splunk's container documentation, docker-splunk): the image is for x86-64; it starts only when its licence and,
from version 10, Splunk's general terms are accepted, which is the user's to do, never ours; provisioning takes minutes, and an open
port says little, so what is waited for is what tests need: the REST interface with our login, no restart pending, the event
collector, and a search that ends. The password goes to the container through the environment of the command, not its line.

Left out on purpose: building images, clusters, and mounting the pack (provisioning changes the owner of what is mounted).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import secrets
import shutil
import subprocess
import tarfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from generator.backends.splunk.rest import Rest
from generator.backends.splunk.target import PASSWORD, Address, SplunkTarget
from generator.base.diagnostics import BackendError, ConfigError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

IMAGE = "docker.io/splunk/splunk:9.3"
"""The newest series whose KV store starts under emulation on ARM machines and on processors without AVX."""
PLATFORM = "linux/amd64"
TERMS = "CONTENTPACK_ACCEPT_SPLUNK_TERMS"
LABEL = "contentpack.settings"
RUNTIMES = ("docker", "podman")

_REST_PORT, _COLLECTOR_PORT = 8089, 8088
_LICENCE = "--accept-license"
_GENERAL_TERMS = "--accept-sgt-current-at-splunk-com"
_LOG_LINES = 40
_PAUSE = 2.0
_KNOWN_FAILURES = (
    (
        ("SPLUNK_GENERAL_TERMS", "general terms"),
        "the image wants Splunk's general terms accepted: --accept-splunk-terms, after reading them",
    ),
    (
        ("KV Store process terminated", "KVStore is not ready", "AVX"),
        "the KV store does not start: processors without AVX, and ARM machines, need an image of the series 9.3 or older",
    ),
    (
        ("Password did not meet complexity", "password must"),
        "the password does not meet Splunk's rules: 8 characters or more",
    ),
    (("exec format error",), "the image is for x86-64: install emulation (binfmt), or use a machine of that kind"),
    (("No space left on device",), "the disk is full"),
)


@dataclass(frozen=True, slots=True)
class ContainerSettings:
    """What kind of Splunk: `runtime` is `docker`, `podman`, or empty for what is installed.

    `accepted` says that the user has accepted Splunk's licence and general terms. `apps` are add-ons to install, `licence` a
    licence file's address or path inside the image (empty: the trial). `keep` leaves the container running for the next run.
    `wait` is the longest that starting may take, in seconds.
    """

    accepted: bool
    runtime: str = ""
    image: str = IMAGE
    platform: str = PLATFORM
    apps: tuple[Path, ...] = ()
    licence: str = ""
    keep: bool = False
    wait: float = 900.0

    def digest(self) -> str:
        """Return what tells containers of the same settings."""
        parts = (self.image, self.platform, self.licence, *(str(app) for app in self.apps))
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The command lines of docker and podman; both understand these. `program` is the command's path or name."""

    program: str

    def run(self, name: str, settings: ContainerSettings) -> list[str]:
        """Start a container in the background. Its password is read from the environment variable SPLUNK_PASSWORD."""
        start = f"SPLUNK_START_ARGS={_LICENCE}"
        given = [start, f"SPLUNK_GENERAL_TERMS={_GENERAL_TERMS}"] if settings.accepted else []
        if settings.licence:
            given.append(f"SPLUNK_LICENSE_URI={settings.licence}")
        options = ["--detach", "--name", name, "--label", f"{LABEL}={settings.digest()}"]
        if settings.platform:
            options += ["--platform", settings.platform]
        for port in (_REST_PORT, _COLLECTOR_PORT):
            options += ["--publish", f"127.0.0.1::{port}"]
        for variable in ("SPLUNK_PASSWORD", *given):
            options += ["--env", variable]
        return [self.program, "run", *options, settings.image]

    def find(self, digest: str) -> list[str]:
        """Name the running containers of the same settings."""
        return [self.program, "ps", "--filter", f"label={LABEL}={digest}", "--format", "{{.Names}}"]

    def port(self, name: str, port: int) -> list[str]:
        """Tell where a port of the container is bound."""
        return [self.program, "port", name, f"{port}/tcp"]

    def state(self, name: str) -> list[str]:
        """Tell the container's state as JSON."""
        return [self.program, "inspect", "--format", "{{json .State}}", name]

    def logs(self, name: str) -> list[str]:
        """Print the end of what the container has said."""
        return [self.program, "logs", "--tail", str(_LOG_LINES), name]

    def copy_in(self, name: str, folder: str) -> list[str]:
        """Unpack a tar from standard input into a folder of the container."""
        return [self.program, "cp", "-", f"{name}:{folder}"]

    def remove(self, name: str) -> list[str]:
        """Stop and remove the container with its volumes."""
        return [self.program, "rm", "--force", "--volumes", name]


def find_runtime(wanted: str, which: Callable[[str], str | None] = shutil.which) -> Runtime:
    """Return the runtime that is asked for, or the first that is installed.

    Raises:
        ConfigError: it is not installed.
    """
    for name in (wanted,) if wanted else RUNTIMES:
        program = which(name)
        if program is not None:
            return Runtime(program)
    missing = f"`{wanted}` is" if wanted else "neither docker nor podman is"
    raise ConfigError(f"{missing} not installed; install one, or name a server with --splunk-url")


class SplunkContainer:
    """A running container. Enter it for its `SplunkTarget`; leaving removes it unless it is to be kept."""

    def __init__(
        self,
        settings: ContainerSettings,
        environment: Mapping[str, str],
        *,
        tell: Callable[[str], None] = lambda _what: None,
        which: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._settings = settings
        self._environment = environment
        self._tell = tell
        self._which = which
        self._runtime: Runtime | None = None
        self._name = ""
        self.target: SplunkTarget | None = None

    def __enter__(self) -> Self:
        """Start a container, or take one that was kept, and wait until tests can run on it.

        Raises:
            ConfigError: no runtime is installed, or the terms are not accepted.
            BackendError: it does not start; the end of its log is in the message.
        """
        settings = self._settings
        if not settings.accepted:
            raise ConfigError(
                "a Splunk container runs only when you accept Splunk's licence and general terms "
                "(https://www.splunk.com/en_us/legal/splunk-general-terms.html): read them, then use --accept-splunk-terms or "
                f"set {TERMS}=yes"
            )
        if not settings.image or settings.image.startswith("-"):
            raise ConfigError(f"`{settings.image}` is no image")
        self._runtime = find_runtime(settings.runtime, self._which)
        password = self._environment.get(PASSWORD, "")
        if settings.keep and not password:
            raise ConfigError(f"a container that is kept needs a password that the next run knows: set {PASSWORD}")
        password = password or secrets.token_urlsafe(24)
        kept = self._kept() if settings.keep else None
        try:
            if kept is None:
                self._start(password)
            else:
                self._name = kept
            self.target = self._ready(password)
            if kept is None:
                self._install(self.target)
        except BaseException as error:
            if kept is None:
                self._remove_after(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._settings.keep:
            return
        if error is None:
            self._remove()
        else:
            self._remove_after(error)

    # --- starting ----------------------------------------------------------------------------------------------------

    def _kept(self) -> str | None:
        names = self._call(self._lines.find(self._settings.digest())).split()
        return names[0] if names else None

    @property
    def _lines(self) -> Runtime:
        if self._runtime is None:
            raise BackendError("the container was not entered")
        return self._runtime

    def _start(self, password: str) -> None:
        self._name = f"contentpack-{secrets.token_hex(4)}"
        self._tell(f"starting {self._settings.image}")
        self._call(
            self._lines.run(self._name, self._settings),
            environment={"SPLUNK_PASSWORD": password},
            timeout=self._settings.wait,
        )

    def _ready(self, password: str) -> SplunkTarget:
        """Wait until tests can run; return where."""
        started = time.monotonic()
        target: SplunkTarget | None = None
        lacking = "its ports are not bound"
        while time.monotonic() - started < self._settings.wait:
            self._refuse_stopped()
            try:
                target = target or self._target(password)
                lacking = _lacking(target)
            except BackendError as error:
                lacking = str(error)
            if target is not None and not lacking:
                return target
            self._tell(f"waiting for Splunk, {time.monotonic() - started:.0f} s: {lacking}")
            time.sleep(_PAUSE)
        raise BackendError(
            f"the container is not ready after {self._settings.wait:g} s: {lacking}{self._explained(self._log())}"
        )

    def _target(self, password: str) -> SplunkTarget:
        rest, collector = (self._bound(port) for port in (_REST_PORT, _COLLECTOR_PORT))
        # The certificate is the container's own, and the way to it does not leave this machine.
        return SplunkTarget(rest, collector, username="admin", password=password, verify=False)

    def _bound(self, port: int) -> Address:
        for line in self._call(self._lines.port(self._name, port)).splitlines():
            host, colon, number = line.strip().rpartition(":")
            if colon and number.isdigit():
                return Address("https", host.strip("[]") or "127.0.0.1", int(number))
        raise BackendError(f"port {port} of the container is not bound")

    def _refuse_stopped(self) -> None:
        try:
            state: dict[str, Any] = json.loads(self._call(self._lines.state(self._name)))
        except ValueError as error:
            raise BackendError(f"`{self._lines.program} inspect` gives no JSON") from error
        if not state.get("Running", False) and state.get("Status") not in {"created", "starting"}:
            raise BackendError(
                f"the container has ended with exit code {state.get('ExitCode')}{self._explained(self._log())}"
            )

    # --- add-ons -----------------------------------------------------------------------------------------------------

    def _install(self, target: SplunkTarget) -> None:
        """Install the add-ons from archives that are copied in, and restart where one wants it."""
        if not self._settings.apps:
            return
        rest = Rest(target)
        rest.connect()
        for app in self._settings.apps:
            self._tell(f"installing {app.name}")
            name = f"{app.name}.tgz"
            self._call(self._lines.copy_in(self._name, "/tmp"), feed=_tar({name: _archive(app)}))  # noqa: S108 - the container's
            rest.post("apps/local", name=f"/tmp/{name}", filename="true", update="true")  # noqa: S108 - as above
        if _restart_pending(rest):
            rest.post("server/control/restart")
            self.target = self._ready(target.password)

    # --- ending ------------------------------------------------------------------------------------------------------

    def _remove(self) -> None:
        if self._name and self._runtime is not None:
            self._call(self._runtime.remove(self._name))
            self._name = ""

    def _remove_after(self, error: BaseException) -> None:
        """Remove what there is of the container; where that fails too, it is a note on what went wrong first."""
        try:
            self._remove()
        except BackendError as left:
            error.add_note(f"the container {self._name} may be left: {left}")

    def _log(self) -> str:
        try:
            return self._call(self._lines.logs(self._name), both=True)
        except BackendError as error:
            return str(error)

    @staticmethod
    def _explained(log: str) -> str:
        hints = [hint for words, hint in _KNOWN_FAILURES if any(word.lower() in log.lower() for word in words)]
        told = f"; {hints[0]}" if hints else ""
        if platform.machine().lower() in {"arm64", "aarch64"} and not hints:
            told = "; this machine is no x86-64, so the image runs under emulation, where only the series 9.3 and older start"
        return f"{told}\n{log.rstrip()}" if log.strip() else told

    def _call(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        feed: bytes | None = None,
        timeout: float = 120.0,
        both: bool = False,
    ) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the command lines of `Runtime`, no shell
                list(command),
                input=feed if feed is not None else b"",
                capture_output=True,
                timeout=timeout,
                check=False,
                env={**os.environ, **(environment or {})},
            )
        except subprocess.TimeoutExpired as error:
            raise BackendError(f"`{command[0]} {command[1]}` did not end within {timeout:g} s") from error
        except OSError as error:
            raise BackendError(f"`{command[0]}` cannot be run: {error.strerror or error}") from error
        out, told = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        if done.returncode:
            raise BackendError(f"`{command[0]} {command[1]}` failed: {told.strip() or out.strip()}")
        return out + told if both else out


def _lacking(target: SplunkTarget) -> str:
    """Return what a server lacks for tests to run; empty when nothing does.

    Raises:
        BackendError: it cannot be reached.
    """
    rest = Rest(replace(target, timeout=20.0))
    rest.connect()
    if _restart_pending(rest):
        return "a restart is pending"
    if rest.content("data/inputs/http/http", owner="nobody", app="splunk_httpinput") is None:
        return "the event collector is not there"
    rest.post("search/jobs", search="| makeresults", exec_mode="oneshot")
    return ""


def _restart_pending(rest: Rest) -> bool:
    return any(entry.get("name") == "restart_required" for entry in rest.entries("messages", count=0))


def _archive(folder: Path) -> bytes:
    """Return an app's folder as a gzipped tar; links are left out."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                tar.add(path, f"{folder.name}/{path.relative_to(folder).as_posix()}", recursive=False)
    return made.getvalue()


def _tar(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            tar.addfile(member, io.BytesIO(data))
    return made.getvalue()
