"""`reverse`: reverses the order of the results."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Reverse(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="reverse",
    kind=CommandKind.DATASET,
    summary="Reverses the order.",
    syntax="reverse",
    parse=bare_parser(Reverse),
    flow=keeps,
    source="Search Reference: reverse",
)
