"""`outputtext`: writes the raw text of each event into `_xml`."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import adds
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Outputtext(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="outputtext",
    kind=CommandKind.STREAMING,
    summary="Writes the raw text of events.",
    syntax="outputtext [usexml=<bool>]",
    options={
        "usexml": OptionKind.BOOL,
    },
    parse=options_parser(Outputtext),
    flow=adds("_xml"),
    source="Search Reference: outputtext",
)
