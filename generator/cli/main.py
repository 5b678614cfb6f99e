"""`contentpack` and `build-app`: finds the command, runs it, and turns every way of failing into message and exit code.

Commands are modules of this package with a click command `command`; they are imported when they are asked for, and
import the layers below when they run, so that `--help` costs little more than the interpreter.
"""

from __future__ import annotations

import contextlib
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from generator.base.diagnostics import GeneratorError
from generator.cli import terminal
from generator.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COULD_NOT_RUN = 2
INTERRUPTED = 130

#: Command -> module; the order is that of `--help`.
COMMANDS = {
    "validate": "validate",
    "diff": "diff",
    "pr": "pr",
    "comment": "comment",
    "build-app": "build_app",
    "release-notes": "release_notes",
    "bump": "bump",
    "deploy": "deploy",
    "test": "test",
    "data": "data",
    "search": "search",
    "serve": "serve",
    "docs": "docs",
    "coverage": "coverage",
    "fmt": "fmt",
    "lsp": "lsp",
    "init": "init",
    "new": "new",
    "migrate": "migrate",
    "import": "import_",
    "inspect": "inspect",
    "rule": "rule",
    "schema": "schema",
    "attack": "attack",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None when there is no such one."""
        del ctx
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown name gets the nearest known one as help."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from generator.base.diagnostics import did_you_mean

            nearest = did_you_mean(name, COMMANDS)
            ctx.fail(f"no such command `{name}`" + (f"; {nearest}" if nearest else ""))
        return super().resolve_command(ctx, args)


def load_command(name: str) -> click.Command:
    """Import one of `COMMANDS`."""
    command: click.Command = import_module(f"generator.cli.{COMMANDS[name]}").command
    return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Run `contentpack COMMAND --help` for its options and an example.",
)
@click.version_option(__version__, prog_name="contentpack", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn a git repository of Splunk detections in YAML into a checked, documented, reproducible Splunk app."""


def main(args: Sequence[str] | None = None) -> None:
    """Run `contentpack` and exit."""
    leave(run(cli, args, "contentpack"))


def build_app_main(args: Sequence[str] | None = None) -> None:
    """Run `build-app`, the same as `contentpack build-app`, and exit."""
    leave(run(load_command("build-app"), args, "build-app"))


def leave(code: int) -> NoReturn:
    """End the process at once: taking a large pack apart object by object would take longer than many a command.

    What was printed is flushed first; a reader that went away is no trouble any more.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def run(command: click.Command, args: Sequence[str] | None, name: str) -> int:
    """Run a command and return its exit code; what went wrong is told on stderr."""
    terminal.prepare()
    try:
        result = command.main(args=None if args is None else list(args), prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        _explain(error)
        return COULD_NOT_RUN
    except (click.Abort, KeyboardInterrupt):
        terminal.note("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        terminal.discard_stdout()
        return 0
    except GeneratorError as error:
        terminal.error(str(error))
        return COULD_NOT_RUN
    except OSError as error:
        # The layers below turn trouble with the user's files into RepositoryError; what is left is the world's.
        terminal.error(_system_trouble(error))
        return COULD_NOT_RUN
    except Exception:  # noqa: BLE001 - the last resort: our own mistake is shown whole, never swallowed
        import traceback

        terminal.note(traceback.format_exc().rstrip("\n"), raw=True)
        terminal.error(
            f"this is a mistake in contentpack {__version__}; please report it with the lines above "
            "and, if you can, the file that it happened on"
        )
        return COULD_NOT_RUN
    return result if isinstance(result, int) else 0


def _explain(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        terminal.note(error.format_message(), raw=True)
        return
    if isinstance(error, click.NoSuchOption) and context is not None and isinstance(context.command, LazyGroup):
        # Nearly every option belongs to a command, and `--repo` before it is what users of git try.
        terminal.error(f"No such option '{error.option_name}' of `{context.command_path}`")
        terminal.note("help: options stand behind the command, as in `contentpack validate --repo DIR`")
        return
    terminal.error(error.format_message().rstrip("."))
    if context is not None:
        terminal.note(f"help: run `{context.command_path} --help`")


def _system_trouble(error: OSError) -> str:
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what
