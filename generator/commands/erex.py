"""`erex`: extracts a field by a regular expression that it learns from examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_option
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Erex(FieldsCommand):
    """The field that is made."""


def flow(node: Erex, state: FieldState, env: FlowEnv) -> FieldState:
    """The field is added."""
    read_option(node.options, "fromfield", state, env)
    return state.add(field.text for field in node.fields if isinstance(field, Name))


SPEC = CommandSpec(
    name="erex",
    kind=CommandKind.STREAMING,
    summary="Learns a regular expression from examples.",
    syntax="erex <field> examples=<string> [counterexamples=<string>] [fromfield=<field>] [maxtrainers=<int>]",
    options={
        "examples": OptionKind.TEXT,
        "counterexamples": OptionKind.TEXT,
        "fromfield": OptionKind.FIELD,
        "maxtrainers": OptionKind.INT,
    },
    parse=fields_parser(Erex, at_least=1, at_most=1, required=("examples",)),
    flow=flow,
    source="Search Reference: erex",
)
