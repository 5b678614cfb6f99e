"""`timechart`: aggregates over spans of time, one column per value of a field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.chart import (
    CHART_OPTIONS,
    SeriesFilter,
    encoded,
    print_filter,
    read_chart,
    read_filter,
    series_choice,
    time_buckets,
    time_span,
)
from generator.commands.grouping import flag, given_options, names_of, whole_number
from generator.commands.uses import output_names, read_aggregations, read_names
from generator.engine.buckets import bucket_begins
from generator.engine.values import Value, finite, number_of, read_bool
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.aggregation import Measure
    from generator.engine.buckets import TimeSpan
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Timechart(Command):
    """`by` is the field whose values become columns."""

    options: Options
    aggregations: tuple[Aggregation | MacroCall, ...]
    by: Field | None
    by_options: Options
    where: SeriesFilter | None

    def arguments(self) -> str:
        """Print options, aggregations, BY and WHERE."""
        by = join_words("BY", print_value(self.by), print_options(self.by_options)) if self.by is not None else ""
        return join_words(
            print_options(self.options), print_aggregations(self.aggregations), by, print_filter(self.where)
        )


def parse(args: ArgReader) -> Timechart:
    """Read options, aggregations, BY and WHERE."""
    options, aggregations = read_chart(args)
    by: Field | None = None
    by_options: Options = ()
    if args.keyword("by"):
        by = args.field("a field name after `BY`")
        while args.take(","):
            pass
        by_options = args.options()
    where = read_filter(args)
    return Timechart(*args.head, options + args.options(), aggregations, by, by_options, where)


def flow(node: Timechart, state: FieldState, env: FlowEnv) -> FieldState:
    """`_time` and the results; with BY the columns are named by values, so they are not known."""
    read_aggregations(node.aggregations, state, env)
    if node.by is not None:
        read_names((node.by,), state, env)
    names, patterns, unknown = output_names(node.aggregations, state)
    if node.by is not None or unknown or any(isinstance(option, MacroCall) for option in node.options):
        return FieldState(frozenset({"_time", "_span"}))
    return state.only(names | {"_time", "_span"}, command="timechart", offset=node.start, patterns=patterns)


_PER = {"per_second": 1, "per_minute": 60, "per_hour": 3600, "per_day": 86_400}
"""The rates of `timechart`, and their unit in seconds."""

_SUM = "sum"


def run(node: Timechart, table: Table, env: Env) -> Table:
    """Return one row a span of time, without gaps (unless `cont=false`), and with BY one column a value.

    The rows reach over the time range of the search where it has one (unless `fixedrange=false`), else over the times of
    the events.

    Raises:
        UnsupportedSpl: `partial=false` in a search without time range.
    """
    from generator.engine.series import by_rows, by_rows_and_series, row_keys, without_repeats
    from generator.engine.table import Table

    options = given_options(node.options, env, "timechart")
    by_options = given_options(node.by_options, env, "timechart")
    names = names_of((node.by,), env, "timechart") if node.by is not None else []
    plain, rates = _without_rates(node)
    wanted = _measured(plain, table, env, names)
    times = table.column("_time")
    numbers = [number for value in times.compact().values if (number := number_of(value)) is not None]
    fixed = read_bool(options.get("fixedrange"), default=True)
    low = env.earliest if fixed and env.earliest is not None else min(numbers, default=0)
    high = env.latest - 1e-6 if fixed and env.latest is not None else max(numbers, default=0)
    if not numbers and (env.earliest is None or env.latest is None or not fixed):
        return Table(0)
    # The options of buckets may stand behind BY as well; then they are about time too, as the splitting field is text.
    time_options = {**options, **({} if "span" in options or "bins" in options else by_options)}
    bins = whole_number(time_options.get("bins"), 100, env, "timechart", node)
    span = time_span(time_options.get("span"), low, high, env, node, bins=bins, options=time_options)
    rows = bucket_begins(times, span)
    continuous = read_bool(options.get("cont"), default=True)
    buckets = time_buckets(span, low, high, env, node) if continuous else None
    if not read_bool(options.get("partial"), default=True):
        buckets = _whole(buckets, span, env, node)
    keys, places = row_keys(rows, buckets)
    if names:
        series = table.column(names[0])
        if flag((*node.options, *node.by_options), "dedup_splitvals", env, "timechart"):
            series = without_repeats(series)
        choice = series_choice({**options, **by_options}, node.where, env, node)
        made = by_rows_and_series(table, rows, series, wanted, keys=keys, places=places, choice=choice)
    else:
        made = by_rows(table, rows, wanted, keys, places)
    for output, unit in rates.items():
        for name in made:
            if name == output or (names and (len(wanted) == 1 or name.startswith(output))):
                made[name] = _per(made[name], keys, span, unit)
    lengths: list[Value] = [
        finite(span.following(begin) - begin) for key in keys if (begin := number_of(key)) is not None
    ]
    return Table(len(keys), {"_time": encoded(keys), **made, "_span": encoded(lengths)})


def _without_rates(node: Timechart) -> tuple[list[Aggregation | MacroCall], dict[str, int]]:
    """Return the aggregations with `per_hour` and its kin as sums, and the unit of each such result."""
    plain: list[Aggregation | MacroCall] = []
    rates: dict[str, int] = {}
    for item in node.aggregations:
        unit = _PER.get(item.name.lower()) if isinstance(item, Aggregation) else None
        if unit is None or isinstance(item, MacroCall):
            plain.append(item)
            continue
        rates[item.output] = unit
        alias = item.alias or Name(item.start, item.end, item.text)
        plain.append(replace(item, name=_SUM, alias=alias))
    return plain, rates


def _measured(aggregations: list[Aggregation | MacroCall], table: Table, env: Env, names: list[str]) -> list[Measure]:
    from generator.engine.aggregation import measures

    return measures(aggregations, table, env, "timechart", by=names)


def _whole(buckets: list[Value] | None, span: TimeSpan, env: Env, node: Timechart) -> list[Value]:
    """Return the buckets that lie in the time range of the search as a whole."""
    if env.earliest is None or env.latest is None or buckets is None:
        raise env.unsupported("`partial=false` of `timechart` in a search without time range", node)
    earliest, latest = env.earliest, env.latest
    return [
        begin
        for begin in buckets
        if (number := number_of(begin)) is not None and number >= earliest and span.following(number) <= latest
    ]


def _per(column: Column, keys: list[Value], span: TimeSpan, unit: int) -> Column:
    found: list[Value] = []
    for cell, key in zip(column.to_list(), keys, strict=True):
        total, begin = number_of(cell), number_of(key)
        if total is None or begin is None:
            found.append(None)
        else:
            found.append(finite(total * unit / (span.following(begin) - begin)))
    return encoded(found)


SPEC = CommandSpec(
    name="timechart",
    kind=CommandKind.TRANSFORMING,
    summary="Aggregates over spans of time.",
    syntax="timechart [span=<span>] [<option>=<value>]... <aggregation> [AS <name>]... [BY <field>] [WHERE <series-filter>]",
    options={**CHART_OPTIONS, "partial": OptionKind.BOOL, "fixedrange": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: timechart",
)
