"""`iconify`: shows an icon for each combination of values."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Iconify(FieldsCommand):
    """The fields."""


SPEC = CommandSpec(
    name="iconify",
    kind=CommandKind.STREAMING,
    summary="Shows an icon for each value.",
    syntax="iconify <field>...",
    parse=fields_parser(Iconify, at_least=1),
    flow=reads,
    source="Search Reference: iconify",
)
