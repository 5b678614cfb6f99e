"""`redistribute`: spreads the work of the commands behind it over the indexers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, Options
from generator.spl.printer import join_words, print_options, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Redistribute(Command):
    """`by` are the fields that the events are parted by."""

    options: Options
    by: tuple[Field, ...]

    def arguments(self) -> str:
        """Print options and BY clause."""
        return join_words(print_options(self.options), f"BY {print_values(self.by)}" if self.by else "")


def parse(args: ArgReader) -> Redistribute:
    """Read options and BY clause."""
    options = args.options()
    by: tuple[Field, ...] = ()
    if args.keyword("by"):
        by = args.fields_of("a field name after `BY`")
    return Redistribute(*args.head, options, by)


def flow(node: Redistribute, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields."""
    read_names(node.by, state, env)
    return state


def run(node: Redistribute, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Change nothing: there is one place where a search runs."""
    return table


SPEC = CommandSpec(
    name="redistribute",
    kind=CommandKind.STREAMING,
    summary="Spreads the work over the indexers.",
    syntax="redistribute [num_of_reducers=<int>] [BY <field>...]",
    options={"num_of_reducers": OptionKind.INT},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: redistribute",
)
