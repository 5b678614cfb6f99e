"""`setfields`: gives fields the same value in every result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Setfields(Command):
    """The fields with their values."""

    pairs: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print the pairs."""
        return print_pairs(self.pairs, ", ")


def parse(args: ArgReader) -> Setfields:
    """Read `field="value"` pairs."""
    pairs = tuple(iter(lambda: read_pair(args), None))
    if not pairs:
        raise args.expected('`<field>="<value>"`')
    return Setfields(*args.head, pairs)


def flow(node: Setfields, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """The fields are added."""
    return state.add(pair.key.text for pair in node.pairs)


SPEC = CommandSpec(
    name="setfields",
    kind=CommandKind.STREAMING,
    summary="Gives fields a fixed value.",
    syntax='setfields <field>="<value>" [, <field>="<value>"]...',
    parse=parse,
    flow=flow,
    source="Search Reference: setfields",
)
