"""`localize`: lists the time ranges in which events follow each other closely."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Localize(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="localize",
    kind=CommandKind.TRANSFORMING,
    summary="Lists time ranges in which results were found.",
    syntax="localize [maxpause=<span>] [timeafter=<span>] [timebefore=<span>]",
    options={
        "maxpause": OptionKind.SPAN,
        "timeafter": OptionKind.SPAN,
        "timebefore": OptionKind.SPAN,
    },
    parse=options_parser(Localize),
    flow=begins,
    source="Search Reference: localize",
)
