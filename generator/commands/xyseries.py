"""`xyseries`: turns rows into a table: one row a value of the first field, one column a value of the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.engine.values import Value, elements, shown, text_of
from generator.spl.ast import Name
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv


@dataclass(frozen=True, slots=True)
class Xyseries(FieldsCommand):
    """The field of the rows, the one of the columns, and those of the values."""


def flow(node: Xyseries, state: FieldState, env: FlowEnv) -> FieldState:
    """The first field is left; the columns are named by values, so they are not known."""
    read_names(node.fields, state, env)
    return FieldState(frozenset(field.text for field in node.fields[:1] if isinstance(field, Name)))


def run(node: Xyseries, table: Table, env: Env) -> Table:
    """Return a row for each value of the first field and a column for each of the second, sorted; of equal cells the last counts."""
    from generator.engine.column import encode
    from generator.engine.series import row_keys
    from generator.engine.table import Table

    options = given_options(node.options, env, "xyseries")
    key, label, *data = names_of(node.fields, env, "xyseries")
    keys, places = row_keys(table.column(key), None)
    form = options.get("format", f"$AGG${options.get('sep', ': ')}$VAL$")
    single = len(data) == 1 and "format" not in options
    names = sorted({text_of(one) for cell in table.column(label).to_list() for one in elements(cell)})
    cells: dict[tuple[str, str], list[Value]] = {
        (measure, name): [None] * len(keys) for measure in data for name in names
    }
    for row in table.rows([key, label, *data]):
        for at in elements(row.get(key)):
            for name in elements(row.get(label)):
                for measure in data:
                    if measure in row:
                        cells[measure, text_of(name)][places[shown(at)]] = row[measure]
    made = {
        name if single else form.replace("$AGG$", measure).replace("$VAL$", name): encode(values)
        for (measure, name), values in cells.items()
    }
    return Table(len(keys), {key: encode(keys), **made})


SPEC = CommandSpec(
    name="xyseries",
    kind=CommandKind.TRANSFORMING,
    summary="Turns rows into series for a chart.",
    syntax="xyseries [grouped=<bool>] <x-field> <name-field> <data-field>... [sep=<string>] [format=<string>]",
    aliases=("maketable",),
    options={"grouped": OptionKind.BOOL, "sep": OptionKind.TEXT, "format": OptionKind.TEXT},
    parse=fields_parser(Xyseries, at_least=3, what="at least three field names"),
    flow=flow,
    run=run,
    source="Search Reference: xyseries",
)
