"""`mvcombine`: joins the rows that differ in one field only; that field gets all their values."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Mvcombine(FieldsCommand):
    """One field."""


SPEC = CommandSpec(
    name="mvcombine",
    kind=CommandKind.TRANSFORMING,
    summary="Joins rows that differ in one field.",
    syntax="mvcombine [delim=<string>] <field>",
    options={
        "delim": OptionKind.TEXT,
    },
    parse=fields_parser(Mvcombine, at_least=1, at_most=1),
    flow=reads,
    source="Search Reference: mvcombine",
)
