"""`contentpack serve`: Splunk's REST interface and event collector over the embedded engine, for development and testing.

The password comes from `CONTENTPACK_PASSWORD`; without it one is made and printed, once. The line that begins with `ready` says
that requests are accepted, and where.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from generator.base.diagnostics import ConfigError
from generator.cli import terminal
from generator.cli.options import apps_option, example, repo_option

PASSWORD_VARIABLE = "CONTENTPACK_PASSWORD"  # noqa: S105 - the name of a variable, no secret
_MEGABYTE = 1024 * 1024


@click.command("serve", epilog=example("contentpack serve --data-dir .contentpack-serve"))
@repo_option
@apps_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8089,
    show_default=True,
    help="The port of REST; 0 takes a free one.",
)
@click.option(
    "--hec-port",
    type=click.IntRange(0, 65535),
    default=8088,
    show_default=True,
    help="The port of the event collector; 0 takes a free one.",
)
@click.option("--username", default="admin", show_default=True, help="The administrator's name.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where events and configuration are kept over restarts. [default: nowhere]",
)
@click.option("--no-tls", is_flag=True, help="Speak plain HTTP.")
@click.option(
    "--max-request-mb", type=click.IntRange(1), default=512, show_default=True, help="The largest request, in MiB."
)
@click.option(
    "--max-events", type=click.IntRange(1), default=5_000_000, show_default=True, help="The most events that are kept."
)
@click.option(
    "--max-event-mb",
    type=click.IntRange(1),
    default=4096,
    show_default=True,
    help="The most text of events that is kept, in MiB.",
)
@click.option(
    "--max-searches",
    type=click.IntRange(1),
    default=500,
    show_default=True,
    help="The most searches that wait or run at a time.",
)
@click.option(
    "--max-search-seconds", type=click.IntRange(1), default=600, show_default=True, help="How long a search may run."
)
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    repo: Path,
    apps: tuple[Path, ...],
    host: str,
    port: int,
    hec_port: int,
    username: str,
    data_dir: Path | None,
    no_tls: bool,
    max_request_mb: int,
    max_events: int,
    max_event_mb: int,
    max_searches: int,
    max_search_seconds: int,
) -> int:
    """Speak Splunk's REST and event collector, without Splunk.

    The content pack is installed as the app that it becomes. Clients of Splunk (the SDK, contentctl, curl) work unchanged; SIGTERM
    ends the server cleanly. It is for development and testing, not for production.
    """
    import asyncio
    import time

    from generator.cli.search import rendered_pack
    from generator.splunkd.instance import Limits
    from generator.splunkd.server import Ports, serve
    from generator.splunkd.start import start

    if not username.strip() or ":" in username:
        raise click.UsageError("--username: a name without `:` is needed")
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is not None and len(password) < 8:
        raise ConfigError(f"{PASSWORD_VARIABLE}: a password of at least 8 characters is needed")
    named = context.get_parameter_source("repo") is not click.core.ParameterSource.DEFAULT
    limits = Limits(
        request=max_request_mb * _MEGABYTE,
        events=max_events,
        event_bytes=max_event_mb * _MEGABYTE,
        waiting_jobs=max_searches,
        search_seconds=float(max_search_seconds),
    )
    with ExitStack() as stack:
        progress = stack.enter_context(terminal.Progress())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contentpack-")))
        own = rendered_pack(repo, folder / "pack", progress, named=named)
        progress.step("starting")
        root = data_dir if data_dir is not None else folder / "serve"
        instance = start(
            (*own, *apps),
            root,
            username=username,
            password=password,
            persistent=data_dir is not None,
            limits=limits,
            clock=time.time,
        )
        progress.clear()
        if instance.made_password:
            terminal.emit(f"password of {username}: {instance.made_password}\n")

        def ready(rest: str, hec: str) -> None:
            terminal.emit(f"ready rest={rest} hec={hec} username={username} events={instance.server.events.total}\n")

        ports = Ports(host, port, hec_port, tls=not no_tls)
        asyncio.run(serve(instance.server, ports, root, ready))
    return 0
