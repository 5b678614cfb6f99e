"""`relevancy`: scores how well each event matches the words of the search."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import adds
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Relevancy(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="relevancy",
    kind=CommandKind.STREAMING,
    summary="Scores how well events match the search.",
    syntax="relevancy",
    parse=bare_parser(Relevancy),
    flow=adds("relevancy"),
    source="Search Reference: relevancy",
)
