"""`contingency`: counts how often each value of one field occurs with each of another."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads_and_begins
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Contingency(FieldsCommand):
    """Two fields; the values of the second become columns."""


SPEC = CommandSpec(
    name="contingency",
    kind=CommandKind.TRANSFORMING,
    summary="Builds a contingency table of two fields.",
    syntax="contingency [maxrows=<int>] [maxcols=<int>] [mincolcover=<num>] [minrowcover=<num>] [usetotal=<bool>] [totalstr=<name>] <field> <field>",
    aliases=("counttable", "ctable"),
    options={
        "maxrows": OptionKind.INT,
        "maxcols": OptionKind.INT,
        "mincolcover": OptionKind.NUMBER,
        "minrowcover": OptionKind.NUMBER,
        "usetotal": OptionKind.BOOL,
        "totalstr": OptionKind.TEXT,
    },
    parse=fields_parser(Contingency, at_least=2, at_most=2, what="two field names"),
    flow=reads_and_begins,
    source="Search Reference: contingency",
)
