"""`stats`: aggregates over all results or over groups of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import STATS_OPTIONS, Grouped, aggregated, read_grouped, uses_of
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
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


SPEC = CommandSpec(
    name="stats",
    kind=CommandKind.TRANSFORMING,
    summary="Aggregates over all results or over groups of them.",
    syntax="stats [allnum=<bool>] [delim=<string>] [partitions=<int>] <aggregation> [AS <name>]... [BY <field>...]",
    options=STATS_OPTIONS,
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: stats",
)
