"""`diff`: compares the texts of two results line by line."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import opens
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Diff(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="diff",
    kind=CommandKind.TRANSFORMING,
    summary="Compares two results.",
    syntax="diff [position1=<int>] [position2=<int>] [attribute=<field>] [diffheader=<bool>] [context=<bool>] [maxlen=<int>]",
    options={
        "position1": OptionKind.INT,
        "position2": OptionKind.INT,
        "pos1": OptionKind.INT,
        "pos2": OptionKind.INT,
        "attribute": OptionKind.FIELD,
        "diffheader": OptionKind.BOOL,
        "context": OptionKind.BOOL,
        "maxlen": OptionKind.INT,
    },
    parse=options_parser(Diff),
    flow=opens,
    source="Search Reference: diff",
)
