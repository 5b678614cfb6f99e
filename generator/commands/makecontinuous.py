"""`makecontinuous`: adds the rows that are missing, so that a numeric or time field has no gaps."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.chart import BIN_OPTIONS
from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Makecontinuous(FieldsCommand):
    """The field, or none for `_time`."""


SPEC = CommandSpec(
    name="makecontinuous",
    kind=CommandKind.TRANSFORMING,
    summary="Fills gaps in a numeric or time field.",
    syntax="makecontinuous [<field>] [bins=<int>] [span=<span>] [start=<num>] [end=<num>] [aligntime=<time>]",
    options=BIN_OPTIONS,
    parse=fields_parser(Makecontinuous, at_most=1),
    flow=reads,
    source="Search Reference: makecontinuous",
)
