"""`fieldformat`: changes how a field is shown; its value stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.eval import read_assignment
from generator.commands.uses import read_expression
from generator.spl.ast import Assignment, Command
from generator.spl.printer import print_assignment
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Fieldformat(Command):
    """One assignment, whose value is what is shown."""

    assignment: Assignment

    def arguments(self) -> str:
        """Print the assignment."""
        return print_assignment(self.assignment)


def parse(args: ArgReader) -> Fieldformat:
    """Read the assignment."""
    assignment = read_assignment(args)
    if not args.at_end():
        raise args.expected("an operator or the end of `fieldformat`")
    return Fieldformat(*args.head, assignment)


def flow(node: Fieldformat, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields of the expression."""
    read_expression(node.assignment.value, state, env)
    return state


def run(node: Fieldformat, table: Table, env: Env) -> Table:
    """Leave the values as they are: only Splunk's display would change. The expression is checked."""
    env.compile(node.assignment.value, "fieldformat")
    return table


SPEC = CommandSpec(
    name="fieldformat",
    kind=CommandKind.STREAMING,
    summary="Changes how a field is shown.",
    syntax="fieldformat <field>=<expression>",
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: fieldformat",
)
