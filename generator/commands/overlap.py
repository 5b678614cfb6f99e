"""`overlap`: finds overlaps and gaps of the events in a summary index."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import opens
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Overlap(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="overlap",
    kind=CommandKind.DATASET,
    summary="Finds overlaps in a summary index.",
    syntax="overlap",
    parse=bare_parser(Overlap),
    flow=opens,
    source="Search Reference: overlap",
)
