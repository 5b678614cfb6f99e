"""`typer`: adds the event types that each event matches."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import adds
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Typer(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="typer",
    kind=CommandKind.STREAMING,
    summary="Adds the event types of events.",
    syntax="typer [eventtypes=<string>] [maxlen=<int>]",
    options={
        "eventtypes": OptionKind.TEXT,
        "maxlen": OptionKind.INT,
    },
    parse=options_parser(Typer),
    flow=adds("eventtype"),
    source="Search Reference: typer",
)
