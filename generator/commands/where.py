"""`where`: keeps the results for which an eval expression is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import read_expression
from generator.spl.ast import Command, Expr
from generator.spl.printer import print_expression
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Where(Command):
    """The condition."""

    condition: Expr

    def arguments(self) -> str:
        """Print the condition."""
        return print_expression(self.condition)


def parse(args: ArgReader) -> Where:
    """Read the condition."""
    condition = args.expression()
    if not args.at_end():
        raise args.unexpected() if args.peek() == ")" else args.expected("an operator or the end of `where`")
    return Where(*args.head, condition)


def flow(node: Where, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields of the condition."""
    read_expression(node.condition, state, env)
    return state


def run(node: Where, table: Table, env: Env) -> Table:
    """Keep the rows for which the condition is true (null is not)."""
    return table.take(env.truth(node.condition, table, "where"))


def asks(node: Where, table: Table, env: Env) -> Asked:
    """Return the condition, asked of the rows."""
    from generator.engine.explain import Asked

    return Asked(table, node.condition, env)


SPEC = CommandSpec(
    name="where",
    kind=CommandKind.STREAMING,
    summary="Keeps the results for which an eval expression is true.",
    syntax="where <eval-expression>",
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    eval_quotes=True,
    source="Search Reference: where",
)
