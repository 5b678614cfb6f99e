"""`localop`: has the commands behind it run on the search head alone."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Localop(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="localop",
    kind=CommandKind.STREAMING,
    summary="Runs the rest on the search head.",
    syntax="localop",
    parse=bare_parser(Localop),
    flow=keeps,
    source="Search Reference: localop",
)
