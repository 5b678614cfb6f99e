"""`outlier`: removes or trims numbers that lie far outside the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import reads
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.table import chosen
from generator.engine.values import Value, number_of, read_bool, text_of
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.ast import Command


@dataclass(frozen=True, slots=True)
class Outlier(FieldsCommand):
    """Without fields it looks at all of them."""


def run(node: Outlier, table: Table, env: Env) -> Table:
    """Pull numbers beyond the quartiles by more than `param` times their distance to that bound, or remove their rows."""
    names = names_of(node.fields, env, "outlier")
    return without_outliers(node, table, env, given_options(node.options, env, "outlier"), names)


def without_outliers(node: Command, table: Table, env: Env, options: Mapping[str, str], names: list[str]) -> Table:
    """Do what `outlier` does."""
    import numpy as np

    param = float(options.get("param", "2.5"))
    lower = read_bool(options.get("uselower"), default=False)
    marked = read_bool(options.get("mark"), default=False)
    removes = options.get("action", "transform") in {"rm", "remove"}
    listed = chosen(names, table) if names else [name for name in table.names() if not name.startswith("_")]
    keep = np.ones(table.length, np.bool_)
    made = {}
    for name in listed:
        column = table.column(name)
        numbers = [number for value in column.to_list() if (number := number_of(value)) is not None]
        if not numbers:
            continue
        low_quartile, high_quartile = (_percentile(numbers, share, env, node) for share in ("perc25", "perc75"))
        reach = param * (high_quartile - low_quartile)
        low, high = low_quartile - reach if lower else -np.inf, high_quartile + reach

        def outside(value: Value, low: float = low, high: float = high) -> bool:
            number = number_of(value)
            return number is not None and not low <= number <= high

        def pulled(value: Value, low: float = low, high: float = high) -> Value:
            number = number_of(value)
            if number is None or low <= number <= high:
                return value
            bound = high if number > high else low
            return f"000{text_of(bound)}" if marked else bound

        if removes:
            keep &= ~column.test(outside)
        else:
            made[name] = column.map(pulled)
    return table.take(keep) if removes else table.with_columns(made)


def _percentile(numbers: list[int | float], name: str, env: Env, node: Command) -> float:
    known = env.functions.aggregate(name)
    if known is None or known[0] is None:
        raise env.unsupported(f"the aggregation `{name}` in `{node.name}`", node)
    accumulator = known[0].start(known[1])
    for number in numbers:
        accumulator.add(number, None)
    return number_of(accumulator.result()) or 0


SPEC = CommandSpec(
    name="outlier",
    kind=CommandKind.DATASET,
    summary="Removes or trims outlying numbers.",
    syntax="outlier [action=remove|transform] [mark=<bool>] [param=<num>] [uselower=<bool>] [<field>...]",
    aliases=("outlierfilter",),
    options={
        "type": ("iqr",),
        "action": (
            "rm",
            "remove",
            "tf",
            "transform",
        ),
        "mark": OptionKind.BOOL,
        "param": OptionKind.NUMBER,
        "uselower": OptionKind.BOOL,
    },
    parse=fields_parser(Outlier),
    flow=reads,
    run=run,
    source="Search Reference: outlier",
)
