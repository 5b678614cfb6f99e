"""`sistats`: prepares what `stats` would compute for a summary index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import STATS_OPTIONS, Grouped, aggregated, read_grouped, uses_of
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Sistats(Grouped):
    """See `Grouped`."""


def parse(args: ArgReader) -> Sistats:
    """Read options, aggregations and BY clause."""
    return Sistats(*args.head, *read_grouped(args))


def flow(node: Sistats, state: FieldState, env: FlowEnv) -> FieldState:
    """The prepared fields have names of their own (`psrsvd_...`), so the state is open."""
    uses_of(node, state, env)
    return aggregated(node, state, command="sistats").opened()


SPEC = CommandSpec(
    name="sistats",
    kind=CommandKind.TRANSFORMING,
    summary="Prepares what stats would compute for a summary index.",
    syntax="sistats [allnum=<bool>] [delim=<string>] <aggregation> [AS <name>]... [BY <field>...]",
    options=STATS_OPTIONS,
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: sistats",
)
