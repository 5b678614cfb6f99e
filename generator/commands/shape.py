"""`shape`: describes the shape of the values of a numeric multivalue field in letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Shape(FieldsCommand):
    """One field."""


def flow(node: Shape, state: FieldState, env: FlowEnv) -> FieldState:
    """The description is added."""
    read_names(node.fields, state, env)
    return state.add(("shape",))


SPEC = CommandSpec(
    name="shape",
    kind=CommandKind.STREAMING,
    summary="Describes the shape of a numeric multivalue field.",
    syntax="shape <field> [maxvalues=<int>] [maxresolution=<int>]",
    options={"maxvalues": OptionKind.INT, "maxresolution": OptionKind.INT},
    parse=fields_parser(Shape, at_least=1, at_most=1),
    flow=flow,
    source="Search Reference: shape",
)
