"""`addtotals`: adds to each row the sum of its numeric fields, and at the end (with `col=true`) a row of sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser, given, is_on
from generator.commands.table import chosen
from generator.commands.uses import read_names
from generator.engine.values import Value, elements, finite, number_of, read_bool
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Addtotals(FieldsCommand):
    """Without fields it sums all numeric ones; wildcards allowed."""


def flow(node: Addtotals, state: FieldState, env: FlowEnv) -> FieldState:
    """The sum and the label are added; a field that is absent counts nothing."""
    read_names(node.fields, state, env, optional=True)
    if is_on(node.options, "row", default=True):
        state = state.add((given(node.options, "fieldname", "Total"),))
    label = given(node.options, "labelfield")
    return state.add((label,)) if label and is_on(node.options, "col") else state


def run(node: Addtotals, table: Table, env: Env) -> Table:
    """Add each row's sum of its numbers, and with `col` a row with each column's."""
    from generator.engine.column import encode

    options = given_options(node.options, env, "addtotals")
    listed = summed(names_of(node.fields, env, "addtotals"), table)
    if read_bool(options.get("row"), default=True):
        sums = [0.0] * table.length
        for name in listed:
            for row, number in enumerate(numbers_of(table.column(name))):
                sums[row] += number or 0
        total = options.get("fieldname", "Total")
        table = table.with_columns({total: encode(finite(number) for number in sums)})
        listed = list(dict.fromkeys((*listed, total)))
    if read_bool(options.get("col"), default=False):
        table = with_sums(table, listed, options.get("labelfield"), options.get("label", "Total"))
    return table


def summed(names: list[str], table: Table) -> list[str]:
    """Return the fields to add: those listed (wildcards allowed), or all that are not internal and hold some number."""
    listed = chosen(names, table) if names else [name for name in table.names() if not name.startswith("_")]
    return [name for name in listed if any(number is not None for number in numbers_of(table.column(name)))]


def numbers_of(column: Column) -> list[float | None]:
    """Return each cell as number; several are added."""

    def number(cell: Value) -> float | None:
        found = [one for value in elements(cell) if (one := number_of(value)) is not None]
        return sum(found) if found else None

    source = column.compact()
    by_code = list(map(number, source.values))
    return [by_code[code] for code in source.codes.tolist()]


def with_sums(table: Table, listed: list[str], label_field: str | None, label: str) -> Table:
    """Return the table with a row of sums below it; the label goes into a field that may be new."""
    from generator.engine.column import encode
    from generator.engine.table import Table, stack

    row: dict[str, Value] = {}
    for name in listed:
        total: float = 0
        for number in numbers_of(table.column(name)):
            total += number or 0
        row[name] = finite(total)
    if label_field:
        row[label_field] = label
    return stack([table, Table(1, {name: encode([value]) for name, value in row.items()})])


SPEC = CommandSpec(
    name="addtotals",
    kind=CommandKind.STREAMING,
    summary="Adds the sum of the numeric fields of each row.",
    syntax="addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<string>] [fieldname=<name>] [<field>...]",
    options={
        "row": OptionKind.BOOL,
        "col": OptionKind.BOOL,
        "labelfield": OptionKind.FIELD,
        "label": OptionKind.TEXT,
        "fieldname": OptionKind.FIELD,
    },
    parse=fields_parser(Addtotals),
    flow=flow,
    run=run,
    source="Search Reference: addtotals",
)
