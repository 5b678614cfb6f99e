"""`uniq`: removes each result that is the same as the one before."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Uniq(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="uniq",
    kind=CommandKind.STREAMING,
    summary="Removes repeated neighbours.",
    syntax="uniq",
    parse=bare_parser(Uniq),
    flow=keeps,
    source="Search Reference: uniq",
)
