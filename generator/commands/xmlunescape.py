"""`xmlunescape`: resolves the escapes of XML in the events."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Xmlunescape(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="xmlunescape",
    kind=CommandKind.STREAMING,
    summary="Resolves XML escapes.",
    syntax="xmlunescape [maxinputs=<int>]",
    options={
        "maxinputs": OptionKind.INT,
    },
    parse=options_parser(Xmlunescape),
    flow=keeps,
    source="Search Reference: xmlunescape",
)
