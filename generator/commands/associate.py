"""`associate`: finds values of one field that tell much about another."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads_and_begins
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Associate(FieldsCommand):
    """Without fields it looks at all of them."""


SPEC = CommandSpec(
    name="associate",
    kind=CommandKind.TRANSFORMING,
    summary="Finds correlations between field values.",
    syntax="associate [supcnt=<int>] [supfreq=<num>] [improv=<num>] [<field>...]",
    options={
        "supcnt": OptionKind.INT,
        "supfreq": OptionKind.NUMBER,
        "improv": OptionKind.NUMBER,
    },
    parse=fields_parser(Associate),
    flow=reads_and_begins,
    source="Search Reference: associate",
)
