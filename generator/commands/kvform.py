"""`kvform`: extracts fields by a form template."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import opens
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Kvform(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="kvform",
    kind=CommandKind.STREAMING,
    summary="Extracts fields by a form template.",
    syntax="kvform [form=<string>] [field=<field>]",
    options={
        "form": OptionKind.TEXT,
        "field": OptionKind.FIELD,
    },
    parse=options_parser(Kvform),
    flow=opens,
    source="Search Reference: kvform",
)
