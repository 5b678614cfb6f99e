"""`require`: fails the search when there are no results."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Require(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="require",
    kind=CommandKind.STREAMING,
    summary="Fails the search when there are no results.",
    syntax="require",
    parse=bare_parser(Require),
    flow=keeps,
    source="Search Reference: require",
)
