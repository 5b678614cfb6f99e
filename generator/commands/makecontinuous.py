"""`makecontinuous`: adds the rows that are missing, so that a numeric or time field has no gaps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.chart import BIN_OPTIONS, MAX_BUCKETS, time_buckets, time_span
from generator.commands.flow import reads
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.buckets import read_number_span
from generator.engine.values import Value, finite, number_of, shown
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Makecontinuous(FieldsCommand):
    """The field, or none for `_time`."""


def run(node: Makecontinuous, table: Table, env: Env) -> Table:
    """Put the field into buckets, in order, and add a row for each bucket that no row is in.

    Raises:
        UnsupportedSpl: numbers without `span`, or such as are no multiples of it.
    """
    from generator.engine.groups import SortKey, sort_order
    from generator.engine.table import Table, stack

    given = given_options(node.options, env, "makecontinuous")
    names = names_of(node.fields, env, "makecontinuous")
    name = names[0] if names else "_time"
    column = table.column(name)
    numbers = [number for value in column.compact().values if (number := number_of(value)) is not None]
    if not numbers:
        return table
    low, high = float(given.get("start", min(numbers))), float(given.get("end", max(numbers)))
    if name == "_time":
        bins = whole_number(given.get("bins"), 100, env, "makecontinuous", node)
        span = time_span(given.get("span"), low, high, env, node, bins=bins, options=given)
        buckets = time_buckets(span, low, high, env, node)
        column = column.map(lambda value: value if (number := number_of(value)) is None else span.floor(number))
    else:
        buckets = _numbers(node, given.get("span"), numbers, env, low=low, high=high)
    known = {shown(value) for value in column.to_list()}
    missing = [bucket for bucket in buckets if shown(bucket) not in known]
    filled = stack([table.with_columns({name: column}), Table(len(missing), {name: _encoded(missing)})])
    return filled.take(sort_order([SortKey(filled.column(name), how="num")], filled.length))


def _encoded(values: list[Value]) -> Column:
    from generator.engine.column import encode

    return encode(values)


def _numbers(
    node: Makecontinuous, text: str | None, numbers: list[int | float], env: Env, *, low: float, high: float
) -> list[Value]:
    span = read_number_span(text) if text is not None else None
    if span is None or span.base is not None:
        raise env.unsupported("`makecontinuous` of numbers without a plain `span`", node)
    if any(number % span.length for number in numbers):
        raise env.unsupported("`makecontinuous` of numbers that are no multiples of `span`", node)
    first, last = math.ceil(low / span.length), math.floor(high / span.length)
    if last - first > MAX_BUCKETS:
        raise env.error("makecontinuous", f"More than {MAX_BUCKETS} buckets; use a larger span", node)
    return [finite(number * span.length) for number in range(first, last + 1)]


SPEC = CommandSpec(
    name="makecontinuous",
    kind=CommandKind.TRANSFORMING,
    summary="Fills gaps in a numeric or time field.",
    syntax="makecontinuous [<field>] [bins=<int>] [span=<span>] [start=<num>] [end=<num>] [aligntime=<time>]",
    options=BIN_OPTIONS,
    parse=fields_parser(Makecontinuous, at_most=1),
    flow=reads,
    run=run,
    source="Search Reference: makecontinuous",
)
