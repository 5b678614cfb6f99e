"""`streamstats`: adds running aggregates to every result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import STATS_OPTIONS, Grouped, added, read_grouped, uses_of
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Streamstats(Grouped):
    """See `Grouped`."""


def parse(args: ArgReader) -> Streamstats:
    """Read options, aggregations and BY clause."""
    return Streamstats(*args.head, *read_grouped(args))


def flow(node: Streamstats, state: FieldState, env: FlowEnv) -> FieldState:
    """The results are added."""
    uses_of(node, state, env)
    return added(node, state)


SPEC = CommandSpec(
    name="streamstats",
    kind=CommandKind.STREAMING,
    summary="Adds running aggregates to every result.",
    syntax="streamstats [current=<bool>] [window=<int>] [time_window=<span>] [global=<bool>] [reset_on_change=<bool>] [reset_before|reset_after=(<expression>)] [allnum=<bool>] <aggregation> [AS <name>]... [BY <field>...]",
    options={
        **STATS_OPTIONS,
        "current": OptionKind.BOOL,
        "window": OptionKind.INT,
        "time_window": OptionKind.SPAN,
        "global": OptionKind.BOOL,
        "reset_on_change": OptionKind.BOOL,
        "reset_before": OptionKind.EVAL,
        "reset_after": OptionKind.EVAL,
    },
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: streamstats",
)
