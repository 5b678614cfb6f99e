"""`sitimechart`: prepares what `timechart` would compute for a summary index."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from generator.commands import timechart
from generator.commands.timechart import Timechart
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Sitimechart(Timechart):
    """See `Timechart`."""


def parse(args: ArgReader) -> Sitimechart:
    """Read what `timechart` reads."""
    read = timechart.parse(args)
    return Sitimechart(*(getattr(read, field.name) for field in fields(read)))


def flow(node: Sitimechart, state: FieldState, env: FlowEnv) -> FieldState:
    """The prepared fields have names of their own (`psrsvd_...`), so the state is open."""
    return timechart.flow(node, state, env).opened()


SPEC = CommandSpec(
    name="sitimechart",
    kind=CommandKind.TRANSFORMING,
    summary="Prepares what timechart would compute for a summary index.",
    syntax="sitimechart [span=<span>] [<option>=<value>]... <aggregation> [AS <name>]... [BY <field>] [WHERE <series-filter>]",
    options=timechart.SPEC.options,
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: sitimechart",
)
