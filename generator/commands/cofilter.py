"""`cofilter`: counts for each two values of the second field how many values of the first they share."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads_and_begins
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Cofilter(FieldsCommand):
    """Two fields."""


SPEC = CommandSpec(
    name="cofilter",
    kind=CommandKind.TRANSFORMING,
    summary="Counts how often values of two fields occur together.",
    syntax="cofilter <field> <field>",
    parse=fields_parser(Cofilter, at_least=2, at_most=2, what="two field names"),
    flow=reads_and_begins,
    source="Search Reference: cofilter",
)
