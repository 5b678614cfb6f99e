"""Which servers `contentpack test --backend splunk` uses: options, then the chosen environment, then `backends.splunk`."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.base.diagnostics import ConfigError, did_you_mean
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.backends.splunk import SplunkTarget
    from generator.content.config import Config

BACKENDS = ("embedded", "splunk", "both")
CONTAINERS = ("auto", "docker", "podman")
MOST_CONTAINERS = 32
_YES = frozenset({"1", "true", "yes", "y"})


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the command line says of servers; None and empty where it says nothing."""

    backend: str | None = None
    environment: str | None = None
    urls: tuple[str, ...] = ()
    hec_urls: tuple[str, ...] = ()
    ca_file: Path | None = None
    insecure: bool = False
    container: str | None = None
    containers: int | None = None
    image: str | None = None
    platform: str | None = None
    accepted: bool = False
    keep: bool = False


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about servers to a command; they arrive as `splunk_url`, `splunk_hec_url`, ..."""
    options = (
        click.option("--backend", type=click.Choice(BACKENDS), help="Where searches run. [default: embedded]"),
        click.option("--environment", metavar="NAME", help="The environment of the configuration to run in."),
        click.option(
            "--splunk-url",
            multiple=True,
            metavar="URL",
            help="A Splunk server's REST address; may be repeated: several share the tests. The login comes from "
            "CONTENTPACK_SPLUNK_TOKEN, or CONTENTPACK_SPLUNK_USERNAME and CONTENTPACK_SPLUNK_PASSWORD.",
        ),
        click.option(
            "--splunk-hec-url",
            multiple=True,
            metavar="URL",
            help="The address of its event collector. [default: port 8088 of the same host]",
        ),
        click.option(
            "--splunk-ca",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="The certificates that the servers are trusted by.",
        ),
        click.option("--splunk-insecure", is_flag=True, help="Do not check the servers' certificates."),
        click.option(
            "--container",
            type=click.Choice(CONTAINERS),
            help="Start a Splunk container with this command and run there.",
        ),
        click.option(
            "--containers",
            type=click.IntRange(1, MOST_CONTAINERS),
            metavar="N",
            help="So many containers share the tests.",
        ),
        click.option("--splunk-image", metavar="IMAGE", help="The container image."),
        click.option("--splunk-platform", metavar="NAME", help="The image's platform. [default: linux/amd64]"),
        click.option(
            "--accept-splunk-terms",
            is_flag=True,
            envvar="CONTENTPACK_ACCEPT_SPLUNK_TERMS",
            help="You accept Splunk's licence and general terms, which a container needs.",
        ),
        click.option("--keep-container", is_flag=True, help="Leave the containers running for the next run."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_options(given: dict[str, Any]) -> ServerOptions:
    """Take the options of `server_options` out of a command's parameters."""
    return ServerOptions(
        backend=given.pop("backend"),
        environment=given.pop("environment"),
        urls=given.pop("splunk_url"),
        hec_urls=given.pop("splunk_hec_url"),
        ca_file=given.pop("splunk_ca"),
        insecure=given.pop("splunk_insecure"),
        container=given.pop("container"),
        containers=given.pop("containers"),
        image=given.pop("splunk_image"),
        platform=given.pop("splunk_platform"),
        accepted=given.pop("accept_splunk_terms"),
        keep=given.pop("keep_container"),
    )


@dataclass(frozen=True, slots=True)
class Servers:
    """Where tests run, all settled: `backend` and, unless it is `embedded`, servers by address or containers."""

    backend: str
    urls: tuple[str, ...] = ()
    hec_urls: tuple[str, ...] = ()
    ca_file: Path | None = None
    verify: bool = True
    container: str = ""
    containers: int = 1
    image: str = ""
    platform: str | None = None
    licence: str = ""
    accepted: bool = False
    keep: bool = False


def settle(options: ServerOptions, config: Config, root: Path) -> Servers:
    """Return where tests run.

    Raises:
        ConfigError: there is no such environment, or Splunk is asked for and nothing says where.
    """
    chosen = _Settings()
    chosen.add("backends.splunk", config.backends.get("splunk"))
    if options.environment is not None:
        if options.environment not in config.environments:
            nearest = did_you_mean(options.environment, config.environments)
            raise ConfigError(
                f"the configuration has no environment `{options.environment}`" + (f"; {nearest}" if nearest else "")
            )
        chosen.add(f"environments.{options.environment}", config.environments[options.environment])
    by_address = bool(options.urls)
    backend = options.backend or chosen.text("backend", BACKENDS) or "embedded"
    container = "" if by_address else options.container or chosen.text("container", CONTAINERS)
    urls = options.urls or (() if container else chosen.several("url"))
    if backend != "embedded" and not urls and not container:
        raise ConfigError(
            "nothing says which Splunk: name a server with --splunk-url, or start a container with --container auto"
        )
    hec_urls = options.hec_urls or (() if by_address else chosen.several("hec_url"))
    if hec_urls and len(hec_urls) != len(urls):
        raise ConfigError(f"there are {len(urls)} servers and {len(hec_urls)} addresses of event collectors")
    ca = chosen.text("ca")
    ca_file = options.ca_file or (root / ca if ca else None)
    return Servers(
        backend,
        urls,
        hec_urls,
        ca_file,
        verify=not options.insecure and chosen.flag("verify", default=True),
        container=container,
        containers=options.containers or chosen.number("containers", default=1),
        image=options.image or chosen.text("image"),
        platform=options.platform
        if options.platform is not None
        else chosen.text("platform")
        if chosen.has("platform")
        else None,
        licence=chosen.text("licence"),
        accepted=options.accepted or os.environ.get("CONTENTPACK_ACCEPT_SPLUNK_TERMS", "").lower() in _YES,
        keep=options.keep,
    )


@contextmanager
def opened(servers: Servers, apps: tuple[Path, ...], tell: Callable[[str], None]) -> Iterator[list[SplunkTarget]]:
    """Yield the servers, with containers started for as long as they are needed.

    Raises:
        ConfigError: an address is none, no login is set, or the terms are not accepted.
        BackendError: a container does not start.
    """
    from generator.backends.container import IMAGE, PLATFORM, ContainerSettings, SplunkContainer
    from generator.backends.splunk.target import target_from

    with ExitStack() as stack:
        if not servers.container:
            collectors = servers.hec_urls or ("",) * len(servers.urls)
            yield [
                target_from(url, os.environ, collector=collector, verify=servers.verify, ca_file=servers.ca_file)
                for url, collector in zip(servers.urls, collectors, strict=True)
            ]
            return
        settings = ContainerSettings(
            accepted=servers.accepted,
            runtime="" if servers.container == "auto" else servers.container,
            image=servers.image or IMAGE,
            platform=PLATFORM if servers.platform is None else servers.platform,
            apps=apps,
            licence=servers.licence,
            keep=servers.keep,
        )
        started = [
            stack.enter_context(SplunkContainer(settings, os.environ, tell=tell)) for _ in range(servers.containers)
        ]
        yield [one.target for one in started if one.target is not None]


class _Settings:
    """What the configuration says of servers, later places over earlier ones; each value must be of the kind that it is read as.

    All methods raise `ConfigError`, with the place, where it is not.
    """

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, object]] = {}

    def add(self, place: str, given: object) -> None:
        """Take the settings of one place of the configuration, a mapping or nothing."""
        if given is None:
            return
        if not isinstance(given, dict):
            raise _wrong(place, given, "a mapping")
        self._values |= {str(key): (f"{place}.{key}", value) for key, value in given.items() if value is not None}

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, allowed: tuple[str, ...] = ()) -> str:
        place, value = self._values.get(key, ("", ""))
        if not isinstance(value, str):
            raise _wrong(place, value, "a text")
        if value and allowed and value not in allowed:
            raise _wrong(place, value, f"one of {', '.join(allowed)}")
        return value

    def several(self, key: str) -> tuple[str, ...]:
        place, value = self._values.get(key, ("", []))
        if isinstance(value, str):
            return (value,) if value else ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise _wrong(place, value, "an address or a list of addresses")
        return tuple(value)

    def flag(self, key: str, *, default: bool) -> bool:
        place, value = self._values.get(key, ("", default))
        if not isinstance(value, bool):
            raise _wrong(place, value, "true or false")
        return value

    def number(self, key: str, *, default: int) -> int:
        place, value = self._values.get(key, ("", default))
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_CONTAINERS:
            raise _wrong(place, value, f"a whole number from 1 to {MOST_CONTAINERS}")
        return value


def _wrong(place: str, value: object, wanted: str) -> ConfigError:
    return ConfigError(f"`{place}` in the configuration is {value!r}; {wanted} is expected")
