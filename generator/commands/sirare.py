"""`sirare`: prepares what `rare` would compute for a summary index."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.top import RANKING_OPTIONS, Ranking, prepares, ranking_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Sirare(Ranking):
    """See `Ranking`."""


SPEC = CommandSpec(
    name="sirare",
    kind=CommandKind.TRANSFORMING,
    summary="Prepares what rare would compute for a summary index.",
    syntax="sirare [<int>] [<rare-option>=<value>]... <field>... [BY <field>...]",
    options=RANKING_OPTIONS,
    parse=ranking_parser(Sirare),
    flow=prepares,
    source="Search Reference: sirare",
)
