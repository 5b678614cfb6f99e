"""`accum`: keeps a running total of a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import AliasedCommand, aliased_parser
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Accum(AliasedCommand):
    """Without an alias the total takes the field's place."""


def flow(node: Accum, state: FieldState, env: FlowEnv) -> FieldState:
    """The alias is added."""
    read_names((node.field,), state, env)
    return state.add((node.alias.text,)) if node.alias is not None else state


SPEC = CommandSpec(
    name="accum",
    kind=CommandKind.STREAMING,
    summary="Keeps a running total of a field.",
    syntax="accum <field> [AS <name>]",
    parse=aliased_parser(Accum),
    flow=flow,
    source="Search Reference: accum",
)
