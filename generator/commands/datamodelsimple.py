"""`datamodelsimple`: lists data models, datasets and their fields."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Datamodelsimple(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="datamodelsimple",
    kind=CommandKind.GENERATING,
    summary="Lists data models, datasets and their fields.",
    syntax="datamodelsimple type=models|objects|attributes [datamodel=<model>] [object=<dataset>] [nodename=<node>]",
    options={
        "type": (
            "models",
            "objects",
            "attributes",
        ),
        "datamodel": OptionKind.TEXT,
        "object": OptionKind.TEXT,
        "nodename": OptionKind.TEXT,
    },
    parse=options_parser(Datamodelsimple, required=("type",)),
    flow=begins,
    source="Search Reference: datamodelsimple",
)
