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
# Of an environment variable of ours, with which the user accepts terms: no setting of Splunk's.
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
            type=click.Choice(["auto", "docker", "podman"]),
            help="Start a Splunk container with this command and run there.",
        ),
        click.option(
            "--containers", type=click.IntRange(1, 32), metavar="N", help="So many containers share the tests."
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
    chosen: dict[str, Any] = dict(config.backends.get("splunk") or {})
    if options.environment is not None:
        if options.environment not in config.environments:
            nearest = did_you_mean(options.environment, config.environments)
            raise ConfigError(
                f"the configuration has no environment `{options.environment}`" + (f"; {nearest}" if nearest else "")
            )
        chosen |= config.environments[options.environment] or {}
    by_address = bool(options.urls)
    backend = options.backend or chosen.get("backend") or "embedded"
    container = "" if by_address else options.container or str(chosen.get("container") or "")
    urls = options.urls or (() if container else _several(chosen.get("url")))
    if backend != "embedded" and not urls and not container:
        raise ConfigError(
            "nothing says which Splunk: name a server with --splunk-url, or start a container with --container auto"
        )
    hec_urls = options.hec_urls or (() if by_address else _several(chosen.get("hec_url")))
    if hec_urls and len(hec_urls) != len(urls):
        raise ConfigError(f"there are {len(urls)} servers and {len(hec_urls)} addresses of event collectors")
    ca_file = options.ca_file or (root / str(chosen["ca"]) if chosen.get("ca") else None)
    return Servers(
        backend,
        urls,
        hec_urls,
        ca_file,
        verify=not options.insecure and bool(chosen.get("verify", True)),
        container=container,
        containers=options.containers or int(chosen.get("containers") or 1),
        image=options.image or str(chosen.get("image") or ""),
        platform=options.platform if options.platform is not None else chosen.get("platform"),
        licence=str(chosen.get("licence") or ""),
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


def _several(value: object) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value) if isinstance(value, list) else ()
