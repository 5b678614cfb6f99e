"""`fillnull`: gives missing fields a value (by default `0`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Fillnull(FieldsCommand):
    """Without fields it fills those that any result has."""


def flow(node: Fillnull, state: FieldState, env: FlowEnv) -> FieldState:
    """The listed fields exist afterwards."""
    read_names(node.fields, state, env, optional=True)
    return state.add(field.text for field in node.fields if isinstance(field, Name) and "*" not in field.text)


SPEC = CommandSpec(
    name="fillnull",
    kind=CommandKind.STREAMING,
    summary="Gives missing fields a value.",
    syntax="fillnull [value=<string>] [<field>...]",
    options={"value": OptionKind.TEXT},
    parse=fields_parser(Fillnull),
    flow=flow,
    source="Search Reference: fillnull",
)
