"""`tags`: adds the tags of field values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, given
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Tags(FieldsCommand):
    """Without fields it looks at all of them."""


def flow(node: Tags, state: FieldState, env: FlowEnv) -> FieldState:
    """The field that `outputfield` names is added, or else `tag::<field>` for each field."""
    read_names(node.fields, state, env, optional=True)
    output = given(node.options, "outputfield")
    if output:
        return state.add((output,))
    if node.fields:
        return state.add(f"tag::{field.text}" for field in node.fields if isinstance(field, Name))
    return state.add_patterns(("tag::*",))


SPEC = CommandSpec(
    name="tags",
    kind=CommandKind.STREAMING,
    summary="Adds tags to field values.",
    syntax="tags [outputfield=<field>] [inclname=<bool>] [inclvalue=<bool>] [allowed_tags=<string>] [<field>...]",
    options={
        "outputfield": OptionKind.FIELD,
        "inclname": OptionKind.BOOL,
        "inclvalue": OptionKind.BOOL,
        "allowed_tags": OptionKind.TEXT,
    },
    parse=fields_parser(Tags),
    flow=flow,
    source="Search Reference: tags",
)
