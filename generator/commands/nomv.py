"""`nomv`: joins the values of a multivalue field into one."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Nomv(FieldsCommand):
    """One field."""


SPEC = CommandSpec(
    name="nomv",
    kind=CommandKind.STREAMING,
    summary="Joins the values of a field into one.",
    syntax="nomv <field>",
    parse=fields_parser(Nomv, at_least=1, at_most=1),
    flow=reads,
    source="Search Reference: nomv",
)
