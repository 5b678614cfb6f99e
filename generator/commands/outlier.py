"""`outlier`: removes or trims numbers that lie far outside the others."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Outlier(FieldsCommand):
    """Without fields it looks at all of them."""


SPEC = CommandSpec(
    name="outlier",
    kind=CommandKind.DATASET,
    summary="Removes or trims outlying numbers.",
    syntax="outlier [action=remove|transform] [mark=<bool>] [param=<num>] [uselower=<bool>] [<field>...]",
    aliases=("outlierfilter",),
    options={
        "type": ("iqr",),
        "action": (
            "rm",
            "remove",
            "tf",
            "transform",
        ),
        "mark": OptionKind.BOOL,
        "param": OptionKind.NUMBER,
        "uselower": OptionKind.BOOL,
    },
    parse=fields_parser(Outlier),
    flow=reads,
    source="Search Reference: outlier",
)
