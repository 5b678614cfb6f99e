"""`typeahead`: suggests how a search may go on."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Typeahead(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="typeahead",
    kind=CommandKind.GENERATING,
    summary="Suggests terms.",
    syntax="typeahead prefix=<string> count=<int> [max_time=<int>] [index=<name>] [starttimeu=<int>] [endtimeu=<int>] [collapse=<bool>]",
    options={
        "prefix": OptionKind.TEXT,
        "count": OptionKind.INT,
        "max_time": OptionKind.INT,
        "index": OptionKind.TEXT,
        "starttimeu": OptionKind.NUMBER,
        "endtimeu": OptionKind.NUMBER,
        "collapse": OptionKind.BOOL,
    },
    parse=options_parser(Typeahead, required=("prefix", "count")),
    flow=begins,
    source="Search Reference: typeahead",
)
