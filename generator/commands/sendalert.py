"""`sendalert`: runs an alert action on the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import keeps
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, Field
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Sendalert(Command):
    """`action` is the name of the alert action; its parameters are written `param.<name>=<value>`."""

    action: Field
    pairs: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print action and parameters."""
        return join_words(print_value(self.action), print_pairs(self.pairs))


def parse(args: ArgReader) -> Sendalert:
    """Read the action and its parameters."""
    action = args.field("the name of an alert action")
    return Sendalert(*args.head, action, tuple(iter(lambda: read_pair(args), None)))


SPEC = CommandSpec(
    name="sendalert",
    kind=CommandKind.STREAMING,
    summary="Runs an alert action.",
    syntax="sendalert <action> [results_link=<url>] [results_path=<path>] [param.<name>=<value>]...",
    parse=parse,
    flow=keeps,
    source="Search Reference: sendalert",
)
