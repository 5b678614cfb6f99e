"""`untable`: turns each cell of a table into a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import names_of
from generator.commands.shapes import FieldsCommand, fields_parser, has_macro
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
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


def run(node: Untable, table: Table, env: Env) -> Table:
    """Return a row for each cell beside the first field: its column's name and its value; internal fields go away."""
    import numpy as np

    from generator.engine.column import encode
    from generator.engine.table import Table

    key, label, data = names_of(node.fields, env, "untable")
    others = [name for name in table.names() if name != key and not name.startswith("_")]
    columns = [table.column(name).to_list() for name in others]
    cells = [
        (row, name, cells[row])
        for row in range(table.length)
        for name, cells in zip(others, columns, strict=True)
        if cells[row] is not None
    ]
    rows = np.array([row for row, _, _ in cells], dtype=np.intp)
    return Table(
        len(cells),
        {
            key: table.column(key).take(rows),
            label: encode([name for _, name, _ in cells]),
            data: encode([value for _, _, value in cells]),
        },
    )


SPEC = CommandSpec(
    name="untable",
    kind=CommandKind.TRANSFORMING,
    summary="Turns columns into rows.",
    syntax="untable <x-field> <name-field> <data-field>",
    parse=fields_parser(Untable, at_least=3, at_most=3, what="three field names"),
    flow=flow,
    run=run,
    source="Search Reference: untable",
)
