"""`contingency`: counts how often each value of one field occurs with each of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import reads_and_begins
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import read_bool, shown
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value


@dataclass(frozen=True, slots=True)
class Contingency(FieldsCommand):
    """Two fields; the values of the second become columns."""


MAX_VALUES = 1000
"""Rows and columns of the table at most (limits.conf, `[ctable] maxvalues`)."""


def run(node: Contingency, table: Table, env: Env) -> Table:
    """Return how often the values of two fields come together, the most common ones first, with totals."""
    from generator.engine.column import encode
    from generator.engine.groups import group
    from generator.engine.table import Table

    options = given_options(node.options, env, "contingency")
    row_field, column_field = names_of(node.fields, env, "contingency")
    groups = group(table, [row_field, column_field])
    pairs = list(zip(*(_texts(key) for key in groups.keys), strict=True))
    counts: dict[tuple[str, str], int] = dict.fromkeys(pairs, 0)
    for owner in groups.ids.tolist():
        counts[pairs[owner]] += 1
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    for (row, column), count in counts.items():
        rows[row] = rows.get(row, 0) + count
        columns[column] = columns.get(column, 0) + count
    most_rows = whole_number(options.get("maxrows"), 0, env, "contingency", node)
    most_columns = whole_number(options.get("maxcols"), 0, env, "contingency", node)
    kept_rows = _common(rows, most_rows, float(options.get("minrowcover", "1")))
    kept_columns = _common(columns, most_columns, float(options.get("mincolcover", "1")))
    made: dict[str, list[Value]] = {row_field: list(kept_rows)}
    for column in kept_columns:
        made[column] = [counts.get((row, column), 0) for row in kept_rows]
    if read_bool(options.get("usetotal"), default=True):
        total = options.get("totalstr", "TOTAL")
        made[total] = [sum(counts.get((row, column), 0) for column in kept_columns) for row in kept_rows]
        for name, cells in made.items():
            cells.append(total if name == row_field else sum(cell for cell in cells if isinstance(cell, int)))
    length = len(made[row_field])
    return Table(length, {name: encode(cells) for name, cells in made.items()})


def _texts(key: Column) -> list[str]:
    return list(map(shown, key.to_list()))


def _common(totals: dict[str, int], most: int, cover: float) -> list[str]:
    """Return the most common values: as many as cover a share of all, and not more than allowed."""
    ranked = sorted(totals, key=lambda name: (-totals[name], name))
    limit = min(most, MAX_VALUES) if most > 0 else MAX_VALUES
    wanted = cover * sum(totals.values())
    covered = 0
    for place, name in enumerate(ranked):
        if place >= limit or covered >= wanted:
            return ranked[:place]
        covered += totals[name]
    return ranked


SPEC = CommandSpec(
    name="contingency",
    kind=CommandKind.TRANSFORMING,
    summary="Builds a contingency table of two fields.",
    syntax="contingency [maxrows=<int>] [maxcols=<int>] [mincolcover=<num>] [minrowcover=<num>] [usetotal=<bool>] [totalstr=<name>] <field> <field>",
    aliases=("counttable", "ctable"),
    options={
        "maxrows": OptionKind.INT,
        "maxcols": OptionKind.INT,
        "mincolcover": OptionKind.NUMBER,
        "minrowcover": OptionKind.NUMBER,
        "usetotal": OptionKind.BOOL,
        "totalstr": OptionKind.TEXT,
    },
    parse=fields_parser(Contingency, at_least=2, at_most=2, what="two field names"),
    flow=reads_and_begins,
    run=run,
    source="Search Reference: contingency",
)
