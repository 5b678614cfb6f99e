"""`contentpack lsp`: the language server that an editor starts."""

from __future__ import annotations

import datetime

import click

from generator.base.diagnostics import ConfigError
from generator.cli.extras import how_to_install
from generator.cli.options import example


@click.command("lsp", epilog=example("contentpack lsp --tcp 127.0.0.1:2087"))
@click.option("--tcp", metavar="HOST:PORT", help="Listen there instead of on standard input and output.")
def command(*, tcp: str | None) -> int:
    """Run the language server for editors (extra `lsp`).

    Findings while you type, completion, hover, definitions, formatting, fixes, and the tests of a detection. An editor
    starts it; see `docs/editors.md` for VS Code, Neovim and Helix.
    """
    try:
        from generator.editor.server import make_server
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] in ("pygls", "lsprotocol"):
            raise ConfigError(f"the language server needs the extra `lsp`: {how_to_install('lsp')}") from error
        raise
    server = make_server(lambda: datetime.datetime.now(tz=datetime.UTC).date())
    if tcp is None:
        server.start_io()
        return 0
    host, _, port = tcp.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise click.BadParameter(f"`{tcp}` is no HOST:PORT", param_hint="--tcp")
    server.start_tcp(host or "127.0.0.1", int(port))
    return 0
