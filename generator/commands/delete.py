"""`delete`: marks the events as deleted, so that no search finds them again."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Delete(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="delete",
    kind=CommandKind.STREAMING,
    summary="Makes events unsearchable.",
    syntax="delete",
    parse=bare_parser(Delete),
    flow=keeps,
    source="Search Reference: delete",
)
