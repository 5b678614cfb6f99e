"""`arules`: finds rules of the form: where these values are, those are too."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads_and_begins
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Arules(FieldsCommand):
    """At least two fields."""


SPEC = CommandSpec(
    name="arules",
    kind=CommandKind.TRANSFORMING,
    summary="Finds association rules between fields.",
    syntax="arules [sup=<int>] [conf=<num>] <field> <field>...",
    options={
        "sup": OptionKind.INT,
        "conf": OptionKind.NUMBER,
    },
    parse=fields_parser(Arules, at_least=2, what="at least two field names"),
    flow=reads_and_begins,
    source="Search Reference: arules",
)
