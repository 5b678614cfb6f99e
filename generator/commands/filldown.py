"""`filldown`: carries the last value that is not null down into empty fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import may_read
from generator.commands.grouping import names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.table import chosen
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Filldown(FieldsCommand):
    """Without fields it fills all; wildcards allowed."""


def run(node: Filldown, table: Table, env: Env) -> Table:
    """Give cells without a value the last one above; without fields all that are not internal."""
    import numpy as np

    names = names_of(node.fields, env, "filldown")
    listed = chosen(names, table) if names else [name for name in table.names() if not name.startswith("_")]
    made = {}
    for name in listed:
        column = table.find(name)
        if column is not None and not column.present.all():
            rows = np.where(column.present, np.arange(table.length), 0)
            made[name] = column.take(np.maximum.accumulate(rows))
    return table.with_columns(made)


SPEC = CommandSpec(
    name="filldown",
    kind=CommandKind.DATASET,
    summary="Carries the last value down into empty fields.",
    syntax="filldown [<field>...]",
    parse=fields_parser(Filldown),
    flow=may_read,
    run=run,
    source="Search Reference: filldown",
)
