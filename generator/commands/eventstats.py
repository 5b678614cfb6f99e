"""`eventstats`: adds aggregates to every result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import STATS_OPTIONS, Grouped, added, read_grouped, uses_of
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
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


SPEC = CommandSpec(
    name="eventstats",
    kind=CommandKind.DATASET,
    summary="Adds aggregates to every result.",
    syntax="eventstats [allnum=<bool>] <aggregation> [AS <name>]... [BY <field>...]",
    options=STATS_OPTIONS,
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: eventstats",
)
