"""`sitop`: prepares what `top` would compute for a summary index."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.top import RANKING_OPTIONS, Ranking, prepares, ranking_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Sitop(Ranking):
    """See `Ranking`."""


SPEC = CommandSpec(
    name="sitop",
    kind=CommandKind.TRANSFORMING,
    summary="Prepares what top would compute for a summary index.",
    syntax="sitop [<int>] [<top-option>=<value>]... <field>... [BY <field>...]",
    options=RANKING_OPTIONS,
    parse=ranking_parser(Sitop),
    flow=prepares,
    source="Search Reference: sitop",
)
