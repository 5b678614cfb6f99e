"""`selfjoin`: joins rows with others that have the same values in some fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import reads
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import read_bool
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Selfjoin(FieldsCommand):
    """The fields to join on."""


def run(node: Selfjoin, table: Table, env: Env) -> Table:
    """Make one row of the two that are equal in the fields: the later one, whose fields the earlier one overwrites.

    Rows that stand alone go away unless `keepsingle`.

    Raises:
        UnsupportedSpl: more than two rows belong together; which of them are then joined is not documented.
    """
    import numpy as np

    from generator.engine.column import choose
    from generator.engine.groups import key_texts

    given = given_options(node.options, env, "selfjoin")
    overwrite = read_bool(given.get("overwrite"), default=True)
    keeps_single = read_bool(given.get("keepsingle"), default=False)
    whole_number(given.get("max"), 1, env, "selfjoin", node)
    members: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(key_texts(table, names_of(node.fields, env, "selfjoin"))):
        if key is not None:
            members.setdefault(key, []).append(row)
    if any(len(rows) > 2 for rows in members.values()):
        raise env.unsupported("`selfjoin` of more than two rows that are equal in the fields", node)
    groups = [rows for rows in members.values() if len(rows) == 2 or keeps_single]
    first = table.take(np.array([rows[0] for rows in groups], dtype=np.intp))
    last = table.take(np.array([rows[-1] for rows in groups], dtype=np.intp))
    winner, loser = (first, last) if overwrite else (last, first)
    made = {}
    for name in table.names():
        column = winner.column(name)
        made[name] = choose(column.present, column, loser.column(name))
    return first.with_columns(made)


SPEC = CommandSpec(
    name="selfjoin",
    kind=CommandKind.TRANSFORMING,
    summary="Joins rows with each other.",
    syntax="selfjoin [overwrite=<bool>] [max=<int>] [keepsingle=<bool>] <field>...",
    options={
        "overwrite": OptionKind.BOOL,
        "max": OptionKind.INT,
        "keepsingle": OptionKind.BOOL,
    },
    parse=fields_parser(Selfjoin, at_least=1),
    flow=reads,
    run=run,
    source="Search Reference: selfjoin",
)
