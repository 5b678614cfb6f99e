"""`fieldsummary`: makes one row a field with statistics of its values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.table import chosen
from generator.commands.uses import read_names
from generator.engine.values import elements, number_of, text_of
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv

COLUMNS = (
    "field",
    "count",
    "distinct_count",
    "is_exact",
    "max",
    "mean",
    "min",
    "numeric_count",
    "stdev",
    "values",
)
"""What is said of each field."""


@dataclass(frozen=True, slots=True)
class Fieldsummary(FieldsCommand):
    """Without fields it looks at all of them; wildcards allowed."""


def flow(node: Fieldsummary, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the statistics are left."""
    read_names(node.fields, state, env, optional=True)
    return state.only(COLUMNS, command="fieldsummary", offset=node.start)


def run(node: Fieldsummary, table: Table, env: Env) -> Table:
    """Return one row a field, sorted by name; figures of numbers are of the values that are numbers."""
    from generator.engine.column import encode
    from generator.engine.table import Table

    most = whole_number(given_options(node.options, env, "fieldsummary").get("maxvals"), 100, env, "fieldsummary", node)
    names = names_of(node.fields, env, "fieldsummary")
    listed = chosen(names, table) if names else [name for name in table.names() if not name.startswith("_")]

    def aggregate(name: str, numbers: list[float]) -> Value:
        known = env.functions.aggregate(name)
        if known is None or known[0] is None:
            raise env.unsupported(f"the aggregation `{name}` in `fieldsummary`", node)
        accumulator = known[0].start(known[1])
        for number in numbers:
            accumulator.add(number, None)
        return accumulator.result()

    rows = [_summary(name, table.column(name), most, aggregate) for name in sorted(listed) if name in table]
    return Table(len(rows), {name: encode([row.get(name) for row in rows]) for name in COLUMNS})


def _summary(name: str, column: Column, most: int, aggregate: Callable[[str, list[float]], Value]) -> dict[str, Value]:
    counts: dict[str, int] = {}
    numbers: list[float] = []
    present = 0
    for cell in column.to_list():
        present += cell is not None
        for value in elements(cell):
            text = text_of(value)
            counts[text] = counts.get(text, 0) + 1
            number = number_of(value)
            if number is not None:
                numbers.append(number)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ranked[:most] if most > 0 else ranked
    found: dict[str, Value] = {
        "field": name,
        "count": present,
        "distinct_count": len(counts),
        "is_exact": int(most <= 0 or len(counts) <= most),
        "numeric_count": len(numbers),
        "values": json.dumps(
            [{"value": text, "count": count} for text, count in shown], ensure_ascii=False, separators=(",", ":")
        ),
    }
    if numbers:
        found |= {"max": aggregate("max", numbers), "min": aggregate("min", numbers)}
        found |= {"mean": aggregate("avg", numbers), "stdev": aggregate("stdev", numbers)}
    return found


SPEC = CommandSpec(
    name="fieldsummary",
    kind=CommandKind.TRANSFORMING,
    summary="Summarises each field's values.",
    syntax="fieldsummary [maxvals=<int>] [<field>...]",
    options={"maxvals": OptionKind.INT},
    parse=fields_parser(Fieldsummary),
    flow=flow,
    run=run,
    source="Search Reference: fieldsummary",
)
