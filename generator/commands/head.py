"""`head`: keeps the first results, or those before the first for which a condition is not true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.uses import read_expression
from generator.engine.values import read_bool
from generator.spl.ast import Command, Expr, Name, Options
from generator.spl.printer import join_words, print_expression, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Head(Command):
    """`limit` is the number of results (None = 10 unless there is a condition)."""

    options: Options
    limit: Name | None
    condition: Expr | None

    def arguments(self) -> str:
        """Print options, number and condition."""
        limit = print_value(self.limit) if self.limit is not None else ""
        condition = f"({print_expression(self.condition)})" if self.condition is not None else ""
        return join_words(print_options(self.options), limit, condition)


def parse(args: ArgReader) -> Head:
    """Read a number, or a condition, and options around it."""
    options = tuple(iter(args.option, None))
    limit = None
    before = args.pos
    first = args.name_or_none()
    if first is not None and not first.quote and (first.text.isdecimal() or "$" in first.text):
        limit = first
    else:
        args.pos = before
    options += tuple(iter(args.option, None))
    condition = None if limit is not None or args.at_end() else args.expression()
    options += tuple(iter(args.option, None))
    return Head(*args.head, options, limit, condition)


def flow(node: Head, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields of the condition."""
    if node.condition is not None:
        read_expression(node.condition, state, env)
    return state


def run(node: Head, table: Table, env: Env) -> Table:
    """Keep the first rows; with a condition those before the first for which it is not true.

    `null=true` lets rows pass for which the condition is null, `keeplast=true` keeps the row that ended it.
    """
    given = given_options(node.options, env, "head")
    limit = node.limit.text if node.limit is not None else given.get("limit")
    if node.condition is None:
        return table.head(whole_number(limit, 10, env, "head", node))
    from generator.engine.column import encode
    from generator.engine.expr import truth

    compiled = env.compile(node.condition, "head")
    holds = truth(compiled, table)
    if read_bool(given.get("null"), default=False):
        columns = [table.column(name).to_list() for name in compiled.fields]
        cells = zip(*columns, strict=True) if columns else [()] * table.length
        unknown = [compiled.run(row) is None for row in cells]
        holds = holds | encode([1 if one else None for one in unknown]).present
    ended = (~holds).argmax() if not holds.all() else table.length
    count = int(ended) + (1 if read_bool(given.get("keeplast"), default=False) else 0)
    return table.head(count if limit is None else min(count, whole_number(limit, 10, env, "head", node)))


SPEC = CommandSpec(
    name="head",
    kind=CommandKind.STREAMING,
    summary="Keeps the first results.",
    syntax="head [<int>|limit=<int>|(<eval-expression>)] [null=<bool>] [keeplast=<bool>]",
    options={"limit": OptionKind.INT, "null": OptionKind.BOOL, "keeplast": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: head",
)
