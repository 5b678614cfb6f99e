"""`geomfilter`: keeps the map features inside a rectangle."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Geomfilter(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="geomfilter",
    kind=CommandKind.STREAMING,
    summary="Keeps map features in a rectangle.",
    syntax="geomfilter [min_x=<num>] [min_y=<num>] [max_x=<num>] [max_y=<num>]",
    options={
        "min_x": OptionKind.NUMBER,
        "min_y": OptionKind.NUMBER,
        "max_x": OptionKind.NUMBER,
        "max_y": OptionKind.NUMBER,
    },
    parse=options_parser(Geomfilter),
    flow=keeps,
    source="Search Reference: geomfilter",
)
