"""`filldown`: carries the last value that is not null down into empty fields."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import may_read
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Filldown(FieldsCommand):
    """Without fields it fills all; wildcards allowed."""


SPEC = CommandSpec(
    name="filldown",
    kind=CommandKind.DATASET,
    summary="Carries the last value down into empty fields.",
    syntax="filldown [<field>...]",
    parse=fields_parser(Filldown),
    flow=may_read,
    source="Search Reference: filldown",
)
