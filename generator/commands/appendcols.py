"""`appendcols`: adds the fields of a subsearch, its first row to the first row and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.shapes import SUBSEARCH_OPTIONS, SubsearchCommand, merged_flow, subsearch_parser
from generator.engine.values import read_bool
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Appendcols(SubsearchCommand):
    """See `SubsearchCommand`."""


def run(node: Appendcols, table: Table, env: Env) -> Table:
    """Put the subsearch's rows beside the rows, without internal fields; where both have a field the first side wins.

    With `override` the subsearch wins. Rows of the subsearch beyond the last row are added.
    """
    from generator.engine.column import absent, choose, concat
    from generator.engine.table import Table

    given = given_options(node.options, env, "appendcols")
    limit = whole_number(given.get("maxout"), env.limits.joined_rows, env, "appendcols", node)
    override = read_bool(given.get("override"), default=False)
    found = env.subsearch(node.subsearch.pipeline, limit=limit)
    length = max(table.length, found.length)

    def stretched(side: Table, name: str) -> Column:
        column = side.column(name)
        return concat((column, absent(length - side.length))) if side.length < length else column

    made = {name: stretched(table, name) for name in table.names()} if table.length < length else {}
    for name in found.names():
        if name.startswith("_"):
            continue
        new = stretched(found, name)
        before = made[name] if name in made else None if table.find(name) is None else stretched(table, name)
        if before is not None:
            new = choose(new.present, new, before) if override else choose(before.present, before, new)
        made[name] = new
    if table.length == length:
        return table.with_columns(made)
    return Table(length, made)


SPEC = CommandSpec(
    name="appendcols",
    kind=CommandKind.DATASET,
    summary="Adds the fields of a subsearch row by row.",
    syntax="appendcols [override=<bool>] [extendtimerange=<bool>] [maxtime=<int>] [maxout=<int>] [timeout=<int>] <subsearch>",
    options={
        "override": OptionKind.BOOL,
        **SUBSEARCH_OPTIONS,
    },
    parse=subsearch_parser(Appendcols),
    flow=merged_flow,
    run=run,
    source="Search Reference: appendcols",
)
