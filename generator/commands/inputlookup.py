"""`inputlookup`: reads the rows of a lookup table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import flag, given_options, names_of, whole_number
from generator.commands.uses import read_term
from generator.spl.ast import Command, Field, MacroCall, Name, Option, Options, Term
from generator.spl.booleans import means_true
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_term, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.commands.inputcsv import Inputcsv
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Inputlookup(Command):
    """The table and the rows that are wanted."""

    options: Options
    table: Field
    where: Term | None

    def arguments(self) -> str:
        """Print options, table and condition."""
        where = f"WHERE {print_term(self.where)}" if self.where is not None else ""
        return join_words(print_options(self.options), print_value(self.table), where)


def parse(args: ArgReader) -> Inputlookup:
    """Read options, the table's name and the condition."""
    options: list[Option | MacroCall] = list(iter(args.option, None))
    args.no_option()
    table = args.field("the name of a lookup")
    options.extend(iter(args.option, None))
    where = None
    if args.keyword("where"):
        where = args.terms()
        if where is None:
            raise args.expected("a search term after `WHERE`")
    return Inputlookup(*args.head, tuple(options), table, where)


def flow(node: Inputlookup, state: FieldState, env: FlowEnv) -> FieldState:
    """The columns of the table; with `append` beside the fields before."""
    columns = env.lookup_fields(node.table.text) if isinstance(node.table, Name) else None
    made = FieldState() if columns is None else FieldState(columns, open=False)
    read_term(node.where, made, env)
    appends = any(isinstance(o, Option) and o.name == "append" and means_true(o.text or "t") for o in node.options)
    return state.merged(made) if appends else made


def run(node: Inputlookup, table: Table, env: Env) -> Table:
    """Return the rows of the lookup that fit, `start` of them skipped and at most `max`; with `append` below the others."""
    from generator.engine.probe import lookup_rows

    name = names_of((node.table,), env, "inputlookup")[0]
    lookup = env.knowledge.lookup(name)
    if lookup is None:
        raise env.error("inputlookup", f"The lookup table '{name}' does not exist or is not available", node.table)
    if lookup.note:
        env.warn_once(lookup.note)
    return part_of(node, lookup_rows(lookup), table, env)


def asks(node: Inputlookup, table: Table, env: Env) -> Asked | None:  # noqa: ARG001 - only the lookup's rows are asked
    """Return the WHERE clause, asked of the lookup's rows."""
    from generator.engine.explain import Asked
    from generator.engine.probe import lookup_rows

    lookup = env.knowledge.lookup(names_of((node.table,), env, "inputlookup")[0])
    return None if lookup is None or node.where is None else Asked(lookup_rows(lookup), node.where, env)


def part_of(node: Inputlookup | Inputcsv, rows: Table, table: Table, env: Env) -> Table:
    """Return the rows that `where`, `start` and `max` choose; with `append` below those of the search so far."""
    import numpy as np

    from generator.engine.table import stack

    command = node.name
    given = given_options(node.options, env, command)
    if node.where is not None:
        rows = rows.take(env.mask(node.where, rows, command))
    start = whole_number(given.get("start"), 0, env, command, node)
    limit = whole_number(given.get("max"), 1_000_000_000, env, command, node)
    if start > 0 or limit < rows.length:
        rows = rows.take(np.arange(max(0, start), min(rows.length, max(0, start) + max(0, limit))))
    return stack([table, rows]) if flag(node.options, "append", env, command) else rows


SPEC = CommandSpec(
    name="inputlookup",
    kind=CommandKind.GENERATING,
    summary="Reads the rows of a lookup table.",
    syntax="inputlookup [append=<bool>] [strict=<bool>] [start=<int>] [max=<int>] <lookup> [WHERE <terms>]",
    options={"append": OptionKind.BOOL, "strict": OptionKind.BOOL, "start": OptionKind.INT, "max": OptionKind.INT},
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    source="Search Reference: inputlookup",
)
