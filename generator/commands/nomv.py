"""`nomv`: joins the values of a multivalue field into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import reads
from generator.commands.grouping import joined_by, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import Value, text_of
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Nomv(FieldsCommand):
    """One field."""


def run(node: Nomv, table: Table, env: Env) -> Table:
    """Join the values with line feeds, or with the delimiter that `mvcombine` or `stats` gave the field."""
    (name,) = names_of(node.fields, env, "nomv")
    if name not in table:
        return table
    delimiter = str(env.scratch.get(joined_by(name), "\n"))

    def joined(cell: Value) -> Value:
        return delimiter.join(map(text_of, cell)) if isinstance(cell, tuple) else cell

    return table.with_columns({name: table.column(name).map(joined)})


SPEC = CommandSpec(
    name="nomv",
    kind=CommandKind.STREAMING,
    summary="Joins the values of a field into one.",
    syntax="nomv <field>",
    parse=fields_parser(Nomv, at_least=1, at_most=1),
    flow=reads,
    run=run,
    source="Search Reference: nomv",
)
