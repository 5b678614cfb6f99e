"""`delta`: takes the difference of a field's value to that of an earlier row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import AliasedCommand, aliased_parser
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Delta(AliasedCommand):
    """`p` is how many rows earlier (one by default)."""


def flow(node: Delta, state: FieldState, env: FlowEnv) -> FieldState:
    """The difference is added, by default as `delta(<field>)`."""
    read_names((node.field,), state, env)
    if node.alias is not None:
        return state.add((node.alias.text,))
    return state.add((f"delta({node.field.text})",)) if isinstance(node.field, Name) else state.opened()


SPEC = CommandSpec(
    name="delta",
    kind=CommandKind.STREAMING,
    summary="Takes the difference to the row before.",
    syntax="delta <field> [AS <name>] [p=<int>]",
    options={"p": OptionKind.INT},
    parse=aliased_parser(Delta),
    flow=flow,
    source="Search Reference: delta",
)
