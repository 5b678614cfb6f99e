"""`typelearner`: suggests event types for the events."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads_and_begins
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Typelearner(FieldsCommand):
    """The field by whose values events are grouped at first (none: `punct`)."""


SPEC = CommandSpec(
    name="typelearner",
    kind=CommandKind.TRANSFORMING,
    summary="Suggests event types.",
    syntax="typelearner [<field>] [maxlen=<int>]",
    aliases=("typelearn",),
    options={
        "maxlen": OptionKind.INT,
    },
    parse=fields_parser(Typelearner, at_most=1),
    flow=reads_and_begins,
    source="Search Reference: typelearner",
)
