"""`fillnull`: gives missing fields a value (by default `0`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.table import chosen
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Fillnull(FieldsCommand):
    """Without fields it fills those that any result has."""


def flow(node: Fillnull, state: FieldState, env: FlowEnv) -> FieldState:
    """The listed fields exist afterwards."""
    read_names(node.fields, state, env, optional=True)
    return state.add(field.text for field in node.fields if isinstance(field, Name) and "*" not in field.text)


def run(node: Fillnull, table: Table, env: Env) -> Table:
    """Fill the listed fields (wildcards allowed), or all that some row has."""
    value = given_options(node.options, env, "fillnull").get("value", "0")
    names = names_of(node.fields, env, "fillnull")
    listed = chosen(names, table) if names else [name for name in table.names() if not name.startswith("_")]
    made = {}
    for name in listed:
        column = table.column(name)
        if not column.present.all():
            made[name] = column.map(lambda cell: value if cell is None else cell)
    return table.with_columns(made)


SPEC = CommandSpec(
    name="fillnull",
    kind=CommandKind.STREAMING,
    summary="Gives missing fields a value.",
    syntax="fillnull [value=<string>] [<field>...]",
    options={"value": OptionKind.TEXT},
    parse=fields_parser(Fillnull),
    flow=flow,
    run=run,
    source="Search Reference: fillnull",
)
