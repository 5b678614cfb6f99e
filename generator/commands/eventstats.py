"""`eventstats`: adds aggregates to every result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import STATS_OPTIONS, Grouped, added, by_names, flag, read_grouped, uses_of
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Eventstats(Grouped):
    """See `Grouped`."""


def parse(args: ArgReader) -> Eventstats:
    """Read options, aggregations and BY clause."""
    return Eventstats(*args.head, *read_grouped(args))


def flow(node: Eventstats, state: FieldState, env: FlowEnv) -> FieldState:
    """The results are added."""
    uses_of(node, state, env)
    return added(node, state)


def run(node: Eventstats, table: Table, env: Env) -> Table:
    """Add each group's aggregates to its rows; rows that lack a BY field get none."""
    from generator.engine.aggregation import measures, results
    from generator.engine.column import encode
    from generator.engine.groups import group

    by = by_names(node, env)
    wanted = measures(node.aggregations, table, env, "eventstats", by=by)
    groups = group(table, by)
    allnum = flag(node.options, "allnum", env, "eventstats")
    made = {}
    for measure in wanted:
        values = results(measure, groups, allnum=allnum)
        cells: list[Value] = [None] * table.length
        for row, owner in zip(groups.rows.tolist(), groups.ids.tolist(), strict=True):
            cells[row] = values[owner]
        made[measure.output] = encode(cells)
    return table.with_columns(made)


SPEC = CommandSpec(
    name="eventstats",
    kind=CommandKind.DATASET,
    summary="Adds aggregates to every result.",
    syntax="eventstats [allnum=<bool>] <aggregation> [AS <name>]... [BY <field>...]",
    options=STATS_OPTIONS,
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: eventstats",
)
