"""`abstract`: shortens the text of each event to a summary."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Abstract(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="abstract",
    kind=CommandKind.STREAMING,
    summary="Shortens the text of each event.",
    syntax="abstract [maxterms=<int>] [maxlines=<int>]",
    aliases=("excerpt",),
    options={
        "maxterms": OptionKind.INT,
        "maxlines": OptionKind.INT,
    },
    parse=options_parser(Abstract),
    flow=keeps,
    source="Search Reference: abstract",
)
