"""`analyzefields`: measures how well each numeric field predicts the values of a discrete one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import OptionsCommand, options_parser
from generator.commands.uses import read_option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Analyzefields(OptionsCommand):
    """`classfield` is the discrete field."""


def flow(node: Analyzefields, state: FieldState, env: FlowEnv) -> FieldState:
    """One row a numeric field is left."""
    read_option(node.options, "classfield", state, env)
    names = ("field", "count", "cocur", "acc", "balacc")
    return state.only(names, command="analyzefields", offset=node.start)


SPEC = CommandSpec(
    name="analyzefields",
    kind=CommandKind.TRANSFORMING,
    summary="Measures how well numeric fields predict a discrete one.",
    syntax="analyzefields classfield=<field>",
    aliases=("af",),
    options={"classfield": OptionKind.FIELD},
    parse=options_parser(Analyzefields, required=("classfield",)),
    flow=flow,
    source="Search Reference: analyzefields",
)
