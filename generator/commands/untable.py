"""`untable`: turns each cell of a table into a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, has_macro
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Untable(FieldsCommand):
    """The field that stays, the one that gets the columns' names, and the one that gets the values."""


def flow(node: Untable, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the three fields are left."""
    read_names(node.fields[:1], state, env)
    names = {field.text for field in node.fields if isinstance(field, Name)}
    made = state.only(names, command="untable", offset=node.start)
    return made.opened() if has_macro(*node.fields, *node.options) else made


SPEC = CommandSpec(
    name="untable",
    kind=CommandKind.TRANSFORMING,
    summary="Turns columns into rows.",
    syntax="untable <x-field> <name-field> <data-field>",
    parse=fields_parser(Untable, at_least=3, at_most=3, what="three field names"),
    flow=flow,
    source="Search Reference: untable",
)
