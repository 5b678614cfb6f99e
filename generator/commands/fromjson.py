"""`fromjson`: turns the keys of the JSON object in a field into fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, given, has_macro
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Fromjson(FieldsCommand):
    """One field."""


def flow(node: Fromjson, state: FieldState, env: FlowEnv) -> FieldState:
    """Any field may come; with a prefix only such as begin with it."""
    read_names(node.fields, state, env)
    prefix = given(node.options, "prefix")
    if not prefix or has_macro(*node.options):
        return state.opened()
    return state.add_patterns((f"{prefix}*",))


SPEC = CommandSpec(
    name="fromjson",
    kind=CommandKind.STREAMING,
    summary="Turns the keys of a JSON text into fields.",
    syntax="fromjson <field> [prefix=<string>]",
    options={"prefix": OptionKind.TEXT},
    parse=fields_parser(Fromjson, at_least=1, at_most=1),
    flow=flow,
    source="Search Reference: fromjson",
)
