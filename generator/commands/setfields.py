"""`setfields`: gives fields the same value in every result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, MacroCall, Name
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
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


def run(node: Setfields, table: Table, env: Env) -> Table:
    """Give fields the same value in all rows; names are cleaned (other characters become `_`, leading ones go away)."""
    from generator.engine.column import constant

    made = {}
    for pair in node.pairs:
        if isinstance(pair.value, MacroCall):
            raise env.no_macro("setfields", pair.value)
        if not isinstance(pair.value, Name):
            raise env.unsupported("a subsearch as value in `setfields`", pair.value)
        name = re.sub(r"[^A-Za-z0-9]", "_", pair.key.text).lstrip("_")
        made[name] = constant(pair.value.text, table.length)
    return table.with_columns(made)


SPEC = CommandSpec(
    name="setfields",
    kind=CommandKind.STREAMING,
    summary="Gives fields a fixed value.",
    syntax='setfields <field>="<value>" [, <field>="<value>"]...',
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: setfields",
)
