"""`makemv`: splits a field into several values, by a delimiter or a regular expression."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Makemv(FieldsCommand):
    """One field."""


SPEC = CommandSpec(
    name="makemv",
    kind=CommandKind.STREAMING,
    summary="Splits a field into several values.",
    syntax="makemv [delim=<string>|tokenizer=<regex>] [allowempty=<bool>] [setsv=<bool>] <field>",
    options={
        "delim": OptionKind.TEXT,
        "tokenizer": OptionKind.TEXT,
        "allowempty": OptionKind.BOOL,
        "setsv": OptionKind.BOOL,
    },
    parse=fields_parser(Makemv, at_least=1, at_most=1),
    flow=reads,
    source="Search Reference: makemv",
)
