"""`rare`: lists the least common combinations of values with their count and percentage."""

from __future__ import annotations

from generator.base.frozen import dataclass
from generator.commands.top import RANKING_OPTIONS, Ranking, flow, ranking_parser, run
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Rare(Ranking):
    """See `Ranking`."""


SPEC = CommandSpec(
    name="rare",
    kind=CommandKind.TRANSFORMING,
    summary="Lists the least common values.",
    syntax="rare [<int>] [showcount=<bool>] [showperc=<bool>] [limit=<int>] [countfield=<name>] [percentfield=<name>] "
    "[useother=<bool>] [otherstr=<string>] <field>... [BY <field>...]",
    options=RANKING_OPTIONS,
    parse=ranking_parser(Rare),
    flow=flow,
    run=run,
    source="Search Reference: rare",
)
