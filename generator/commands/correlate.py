"""`correlate`: measures for each two fields how often they occur together."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Correlate(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="correlate",
    kind=CommandKind.TRANSFORMING,
    summary="Measures how often fields occur together.",
    syntax="correlate",
    parse=bare_parser(Correlate),
    flow=begins,
    source="Search Reference: correlate",
)
