"""`mvcombine`: joins the rows that differ in one field only; that field gets all their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import reads
from generator.commands.grouping import given_options, joined_by, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import elements, multivalue, shown
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Scalar, Value


@dataclass(frozen=True, slots=True)
class Mvcombine(FieldsCommand):
    """One field."""


def run(node: Mvcombine, table: Table, env: Env) -> Table:
    """Join the rows that are equal in all other fields (internal ones too); the first of them gives the place.

    What `delim` says is kept for a `nomv` of the same field further on.
    """
    import numpy as np

    from generator.engine.column import encode

    (name,) = names_of(node.fields, env, "mvcombine")
    env.scratch[joined_by(name)] = given_options(node.options, env, "mvcombine").get("delim", " ")
    if name not in table:
        return table
    others = [table.column(other).to_list() for other in table.names() if other != name]
    keys = [tuple(map(_key, row)) for row in zip(*others, strict=True)] if others else [()] * table.length
    rows: list[int] = []
    joined: list[list[Scalar]] = []
    places: dict[tuple[Value, ...], int] = {}
    for row, (key, cell) in enumerate(zip(keys, table.column(name).to_list(), strict=True)):
        if cell is None:
            rows.append(row)
            joined.append([])
        elif key in places:
            joined[places[key]].extend(elements(cell))
        else:
            places[key] = len(rows)
            rows.append(row)
            joined.append(list(elements(cell)))
    return table.take(np.array(rows, dtype=np.intp)).with_columns({name: encode(map(multivalue, joined))})


def _key(cell: Value) -> Value:
    return None if cell is None else shown(cell)


SPEC = CommandSpec(
    name="mvcombine",
    kind=CommandKind.TRANSFORMING,
    summary="Joins rows that differ in one field.",
    syntax="mvcombine [delim=<string>] <field>",
    options={
        "delim": OptionKind.TEXT,
    },
    parse=fields_parser(Mvcombine, at_least=1, at_most=1),
    flow=reads,
    run=run,
    source="Search Reference: mvcombine",
)
