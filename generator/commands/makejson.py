"""`makejson`: writes fields as a JSON object into a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, given
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Makejson(FieldsCommand):
    """Without fields it writes all; wildcards allowed."""


def flow(node: Makejson, state: FieldState, env: FlowEnv) -> FieldState:
    """The object is added."""
    read_names(node.fields, state, env, optional=True)
    output = given(node.options, "output")
    return state.add((output,)) if output else state.opened()


SPEC = CommandSpec(
    name="makejson",
    kind=CommandKind.STREAMING,
    summary="Builds a JSON object of fields.",
    syntax="makejson [<field>...] output=<name>",
    options={"output": OptionKind.FIELD},
    parse=fields_parser(Makejson, required=("output",)),
    flow=flow,
    source="Search Reference: makejson",
)
