"""`mvexpand`: makes a row of each value of a multivalue field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.engine.values import elements
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Mvexpand(FieldsCommand):
    """One field."""


def flow(node: Mvexpand, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the field."""
    read_names(node.fields, state, env)
    return state


def run(node: Mvexpand, table: Table, env: Env) -> Table:
    """Make a row of each value, at most `limit` a row; a row without the field stays."""
    import numpy as np

    from generator.engine.column import encode

    (name,) = names_of(node.fields, env, "mvexpand")
    limit = whole_number(given_options(node.options, env, "mvexpand").get("limit"), 0, env, "mvexpand", node)
    column = table.column(name)
    if not column.dictionary.has_multivalue:
        return table
    rows: list[int] = []
    values: list[Value] = []
    for row, cell in enumerate(column.to_list()):
        parts = elements(cell) or (None,)
        for part in parts[:limit] if limit > 0 else parts:
            rows.append(row)
            values.append(part)
    return table.take(np.array(rows, dtype=np.intp)).with_columns({name: encode(values)})


SPEC = CommandSpec(
    name="mvexpand",
    kind=CommandKind.STREAMING,
    summary="Makes a row of each value of a field.",
    syntax="mvexpand <field> [limit=<int>]",
    options={"limit": OptionKind.INT},
    parse=fields_parser(Mvexpand, at_least=1, at_most=1),
    flow=flow,
    run=run,
    source="Search Reference: mvexpand",
)
