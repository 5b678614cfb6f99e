"""`transpose`: turns rows into columns and columns into rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.shapes import given, has_macro
from generator.commands.uses import read_option
from generator.engine.values import elements, read_bool, shown
from generator.spl.ast import Command, Name, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Transpose(Command):
    """`limit` is the number of rows that become columns (None = 5, `0` = all)."""

    limit: Name | None
    options: Options

    def arguments(self) -> str:
        """Print number and options."""
        return join_words(print_value(self.limit) if self.limit is not None else "", print_options(self.options))


def parse(args: ArgReader) -> Transpose:
    """Read the number and options, in any order."""
    options = args.options()
    limit = args.name_or_none()
    if limit is not None and not limit.text.isdecimal() and "$" not in limit.text:
        raise args.error("expected", f"expected a number of rows, found `{limit.text}`", limit.start, limit.end)
    return Transpose(*args.head, limit, options + args.options())


def flow(node: Transpose, state: FieldState, env: FlowEnv) -> FieldState:
    """One column names the fields of before; the others are named `row 1` and so on, or by values of a field."""
    read_option(node.options, "header_field", state, env)
    column = given(node.options, "column_name", "column")
    if given(node.options, "header_field") or has_macro(*node.options):
        return FieldState(frozenset({column}))
    return state.only((column,), command="transpose", offset=node.start, patterns=("row *",))


def run(node: Transpose, table: Table, env: Env) -> Table:
    """Return a row for each field and a column for each of the first rows (5 by default, 0 = all)."""
    from generator.engine.column import encode
    from generator.engine.table import Table

    options = given_options(node.options, env, "transpose")
    limit = whole_number(node.limit.text if node.limit is not None else None, 5, env, "transpose", node)
    rows = table.head(limit) if limit > 0 else table
    label = options.get("column_name", "column")
    header = options.get("header_field")
    names = [name for name in rows.names() if name != header]
    if not read_bool(options.get("include_empty"), default=True):
        names = [name for name in names if any(elements(cell) for cell in rows.column(name).to_list())]
    titles = [f"row {number}" for number in range(1, rows.length + 1)]
    if header is not None:
        cells = rows.column(header).to_list()
        titles = [title if cell is None else shown(cell) for title, cell in zip(titles, cells, strict=True)]
    columns = [rows.column(name).to_list() for name in names]
    made: dict[str, list[Value]] = {label: list(names)}
    for row, title in enumerate(titles):
        made[title] = [column[row] for column in columns]
    return Table(len(names), {name: encode(values) for name, values in made.items()})


SPEC = CommandSpec(
    name="transpose",
    kind=CommandKind.TRANSFORMING,
    summary="Turns rows into columns.",
    syntax="transpose [<int>] [column_name=<string>] [header_field=<field>] [include_empty=<bool>]",
    options={"column_name": OptionKind.TEXT, "header_field": OptionKind.FIELD, "include_empty": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: transpose",
)
