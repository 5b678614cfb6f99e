"""`mvexpand`: makes a row of each value of a multivalue field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Mvexpand(FieldsCommand):
    """One field."""


def flow(node: Mvexpand, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the field."""
    read_names(node.fields, state, env)
    return state


SPEC = CommandSpec(
    name="mvexpand",
    kind=CommandKind.STREAMING,
    summary="Makes a row of each value of a field.",
    syntax="mvexpand <field> [limit=<int>]",
    options={"limit": OptionKind.INT},
    parse=fields_parser(Mvexpand, at_least=1, at_most=1),
    flow=flow,
    source="Search Reference: mvexpand",
)
