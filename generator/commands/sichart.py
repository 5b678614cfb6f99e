"""`sichart`: prepares what `chart` would compute for a summary index."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from generator.commands import chart
from generator.commands.chart import CHART_OPTIONS, Chart
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Sichart(Chart):
    """See `Chart`."""


def parse(args: ArgReader) -> Sichart:
    """Read what `chart` reads."""
    read = chart.parse(args)
    return Sichart(*(getattr(read, field.name) for field in fields(read)))


def flow(node: Sichart, state: FieldState, env: FlowEnv) -> FieldState:
    """The prepared fields have names of their own (`psrsvd_...`), so the state is open."""
    return chart.flow(node, state, env).opened()


SPEC = CommandSpec(
    name="sichart",
    kind=CommandKind.TRANSFORMING,
    summary="Prepares what chart would compute for a summary index.",
    syntax="sichart [<option>=<value>]... <aggregation> [AS <name>]... [OVER <field>] [BY <field> [<field>]] [WHERE <series-filter>]",
    options=CHART_OPTIONS,
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: sichart",
)
