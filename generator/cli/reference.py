"""The commands become `docs/cli.md`: every command's own help text, so that the page cannot say anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 88


def cli_reference() -> str:
    """Return the page in Markdown."""
    sections = "\n".join(f"## `{path}`\n\n```text\n{text}\n```\n" for path, text in _commands(cli, "contentpack", None))
    return (
        "# Commands\n\n"
        "<!-- Generated from the commands by `pytest tests/test_meta_cli.py --update`; a test fails when it is stale. -->\n\n"
        "Exit codes: 0 nothing at error level, 1 findings at error level, 2 could not run (bad usage, unreadable\n"
        "repository, no AppInspect), 130 interrupted. `build-app` is the same as `contentpack build-app`.\n\n"
        f"{sections}"
    )


def _commands(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    """Yield the path and help text of a command and of all below it."""
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _commands(found, child, context)
