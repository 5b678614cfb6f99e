"""The commands document themselves: help of one shape, and pages made from it that are never stale.

`pytest tests/test_meta_cli.py --update` writes docs/cli.md and docs/rules.md anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest

from generator.cli.main import COMMANDS, cli, load_command
from generator.cli.reference import cli_reference
from generator.cli.rule import index_markdown
from generator.rules.registry import load_rules

if TYPE_CHECKING:
    from pathlib import Path


def _all_commands() -> list[tuple[str, click.Command]]:
    found = []
    for name in COMMANDS:
        command = load_command(name)
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {child}", each) for child, each in command.commands.items()]
    return found


@pytest.mark.parametrize(
    ("name", "command"), _all_commands(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_help_is_one_sentence_then_options_then_an_example(name: str, command: click.Command) -> None:
    assert command.help
    first = command.help.split("\n\n")[0]
    assert re.fullmatch(r"[A-Z][^.]*\.", first.replace("\n", " ")), first
    assert command.epilog
    assert f"Example:\n  contentpack {name} " in command.epilog
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in {"help", "version"}:
            assert parameter.help, parameter.name
            assert parameter.help.endswith((".", "]")), parameter.help


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_named_as_its_table_says(name: str) -> None:
    assert load_command(name).name == name


def test_command_page_is_up_to_date(root: Path, *, update: bool) -> None:
    _compare(root / "docs" / "cli.md", cli_reference(), update=update)


def test_rule_page_is_up_to_date(root: Path, *, update: bool) -> None:
    _compare(root / "docs" / "rules.md", index_markdown(load_rules()), update=update)


def test_group_is_the_whole_table() -> None:
    assert cli.list_commands(click.Context(cli)) == list(COMMANDS)


def _compare(page: Path, text: str, *, update: bool) -> None:
    if update:
        page.parent.mkdir(exist_ok=True)
        page.write_bytes(text.encode("utf-8"))
    assert page.read_bytes().decode("utf-8") == text, (
        f"{page.name} is stale: run pytest tests/test_meta_cli.py --update"
    )
