"""`stats`: aggregates over all results or over groups of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import (
    STATS_OPTIONS,
    Grouped,
    aggregated,
    by_names,
    flag,
    given_options,
    joined_by,
    read_grouped,
    uses_of,
)
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Stats(Grouped):
    """See `Grouped`."""


def parse(args: ArgReader) -> Stats:
    """Read options, aggregations and BY clause."""
    return Stats(*args.head, *read_grouped(args))


def flow(node: Stats, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the BY fields and the results are left."""
    uses_of(node, state, env)
    return aggregated(node, state, command="stats")


def run(node: Stats, table: Table, env: Env) -> Table:
    """Return one row a group, BY fields first; without BY always one row. What `delim` says is kept for a `nomv` further on."""
    from generator.engine.aggregation import aggregated as aggregates_of
    from generator.engine.aggregation import measures
    from generator.engine.groups import group
    from generator.engine.table import Table

    by = by_names(node, env)
    wanted = measures(node.aggregations, table, env, "stats", by=by)
    groups = group(table, by)
    delimiter = given_options(node.options, env, "stats").get("delim")
    if delimiter is not None:
        env.scratch.update((joined_by(one.output), delimiter) for one in wanted)
    found = aggregates_of(wanted, groups, allnum=flag(node.options, "allnum", env, "stats"))
    return Table(groups.count, {**found, **dict(zip(by, groups.keys, strict=True))}).select(
        [*by, *(name for name in found if name not in by)]
    )


def asks(node: Stats, table: Table, env: Env) -> Asked | None:
    """Return the BY fields, which a row must have to be counted."""
    from generator.engine.explain import Asked

    return Asked(table, None, env, tuple(by_names(node, env))) if node.by else None


SPEC = CommandSpec(
    name="stats",
    kind=CommandKind.TRANSFORMING,
    summary="Aggregates over all results or over groups of them.",
    syntax="stats [allnum=<bool>] [delim=<string>] [partitions=<int>] <aggregation> [AS <name>]... [BY <field>...]",
    options=STATS_OPTIONS,
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    eval_quotes=True,
    source="Search Reference: stats",
)
