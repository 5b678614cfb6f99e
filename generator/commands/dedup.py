"""`dedup`: removes results whose combination of field values was seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import SortKey, print_sort_keys, read_sort_keys
from generator.commands.sort import engine_keys
from generator.commands.uses import read_names
from generator.engine.values import read_bool
from generator.spl.ast import Command, Field, Name, Options
from generator.spl.printer import join_words, print_options, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Dedup(Command):
    """`limit` is how many of each combination stay (None = one)."""

    limit: Name | None
    options: Options
    fields: tuple[Field, ...]
    sortby: tuple[SortKey, ...]

    def arguments(self) -> str:
        """Print limit, fields, options and SORTBY."""
        limit = print_value(self.limit) if self.limit is not None else ""
        sortby = f"SORTBY {print_sort_keys(self.sortby)}" if self.sortby else ""
        return join_words(limit, print_values(self.fields), print_options(self.options), sortby)


def parse(args: ArgReader) -> Dedup:
    """Read the limit, fields and options in any order, then SORTBY."""
    options, names = args.mixed(("sortby",))
    limit = None
    if names and isinstance(names[0], Name) and not names[0].quote and names[0].text.isdecimal():
        limit, names = names[0], names[1:]
    if not names:
        raise args.expected("at least one field name")
    sortby: tuple[SortKey, ...] = ()
    if args.keyword("sortby"):
        sortby = read_sort_keys(args)
        if not sortby:
            raise args.expected("a field name after `SORTBY`")
    return Dedup(*args.head, limit, options, names, sortby)


def flow(node: Dedup, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields."""
    read_names(node.fields, state, env)
    read_names((key.field for key in node.sortby), state, env)
    return state


def run(node: Dedup, table: Table, env: Env) -> Table:
    """Keep the first rows of each combination of values; rows that lack one of the fields go, unless `keepempty`."""
    import numpy as np

    from generator.engine.column import absent, choose
    from generator.engine.groups import combined, occurrence, sort_order

    given = given_options(node.options, env, "dedup")
    names = names_of(node.fields, env, "dedup")
    limit = whole_number(node.limit.text if node.limit is not None else None, 1, env, "dedup", node)
    if node.sortby:
        table = table.take(sort_order(engine_keys(node.sortby, table, env, "dedup"), table.length))
    columns = [table.column(name) for name in names]
    complete = np.logical_and.reduce([column.present for column in columns])
    ids, _ = combined(columns)
    if read_bool(given.get("consecutive"), default=False):
        changed = np.concatenate((np.zeros(min(1, len(ids)), np.int64), (ids[1:] != ids[:-1]).astype(np.int64)))
        ids = np.cumsum(changed)
    first = occurrence(ids) < limit
    if not read_bool(given.get("keepempty"), default=False):
        first &= complete
    else:
        first |= ~complete
    if not read_bool(given.get("keepevents"), default=False):
        return table.take(first)
    return table.with_columns(
        {name: choose(first, column, absent(table.length)) for name, column in zip(names, columns, strict=True)}
    )


def asks(node: Dedup, table: Table, env: Env) -> Asked:
    """Return the fields that a row must have to stay."""
    from generator.engine.explain import Asked

    return Asked(table, None, env, tuple(names_of(node.fields, env, "dedup")))


SPEC = CommandSpec(
    name="dedup",
    kind=CommandKind.STREAMING,
    summary="Removes results whose combination of field values was seen before.",
    syntax="dedup [<int>] <field>... [keepevents=<bool>] [keepempty=<bool>] [consecutive=<bool>] [SORTBY [+|-]<field>...]",
    options={"keepevents": OptionKind.BOOL, "keepempty": OptionKind.BOOL, "consecutive": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    source="Search Reference: dedup",
)
