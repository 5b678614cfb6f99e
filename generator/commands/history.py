"""`history`: lists the searches that the user ran."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class History(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="history",
    kind=CommandKind.GENERATING,
    summary="Lists the searches that were run.",
    syntax="history [events=<bool>]",
    options={
        "events": OptionKind.BOOL,
    },
    parse=options_parser(History),
    flow=begins,
    source="Search Reference: history",
)
