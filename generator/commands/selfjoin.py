"""`selfjoin`: joins rows with others that have the same values in some fields."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Selfjoin(FieldsCommand):
    """The fields to join on."""


SPEC = CommandSpec(
    name="selfjoin",
    kind=CommandKind.TRANSFORMING,
    summary="Joins rows with each other.",
    syntax="selfjoin [overwrite=<bool>] [max=<int>] [keepsingle=<bool>] <field>...",
    options={
        "overwrite": OptionKind.BOOL,
        "max": OptionKind.INT,
        "keepsingle": OptionKind.BOOL,
    },
    parse=fields_parser(Selfjoin, at_least=1),
    flow=reads,
    source="Search Reference: selfjoin",
)
