"""`xmlkv`: extracts the elements of XML in the event (or a field) as fields."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads_and_opens
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Xmlkv(FieldsCommand):
    """At most one field (none: `_raw`)."""


SPEC = CommandSpec(
    name="xmlkv",
    kind=CommandKind.STREAMING,
    summary="Extracts the elements of XML.",
    syntax="xmlkv [<field>] [maxinputs=<int>]",
    options={
        "maxinputs": OptionKind.INT,
    },
    parse=fields_parser(Xmlkv, at_most=1),
    flow=reads_and_opens,
    source="Search Reference: xmlkv",
)
