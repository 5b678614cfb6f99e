"""`chart`: aggregates into a table for charts: rows by one field, columns by another."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import flag, given_options, names_of, read_aggregations_of, whole_number
from generator.commands.uses import output_names, read_aggregations, read_names
from generator.engine.buckets import (
    NumberSpan,
    TimeSpan,
    automatic_number_span,
    automatic_time_span,
    read_number_span,
    read_time_span,
)
from generator.engine.values import Value, number_of, read_bool
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Node, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.engine.column import Column
    from generator.engine.contracts import Aggregate
    from generator.engine.env import Env
    from generator.engine.series import SeriesChoice
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_CLAUSES = frozenset({"over", "by", "where"})

BIN_OPTIONS: dict[str, OptionKind | tuple[str, ...]] = {
    "bins": OptionKind.INT,
    "span": OptionKind.SPAN,
    "minspan": OptionKind.SPAN,
    "start": OptionKind.NUMBER,
    "end": OptionKind.NUMBER,
    "aligntime": OptionKind.TEXT,
}
CHART_OPTIONS: dict[str, OptionKind | tuple[str, ...]] = {
    **BIN_OPTIONS,
    "sep": OptionKind.TEXT,
    "format": OptionKind.TEXT,
    "cont": OptionKind.BOOL,
    "limit": OptionKind.TEXT,
    "agg": OptionKind.TEXT,
    "usenull": OptionKind.BOOL,
    "useother": OptionKind.BOOL,
    "nullstr": OptionKind.TEXT,
    "otherstr": OptionKind.TEXT,
    "dedup_splitvals": OptionKind.BOOL,
}


@dataclass(frozen=True, slots=True)
class SeriesFilter(Node):
    """`WHERE aggregation op value`: which columns are kept; `op` is `in`, `notin`, `<`, `>`, ...

    The aggregation is about the cells of each column, so it needs no field: `max` is a name, `max(x)` a call.
    """

    aggregation: Aggregation | Name
    op: str
    value: Name


@dataclass(frozen=True, slots=True)
class Chart(Command):
    """`rows` is the field behind OVER (or the first behind BY), `columns` the field that splits into columns."""

    options: Options
    aggregations: tuple[Aggregation | MacroCall, ...]
    over: Field | None
    over_options: Options
    by: tuple[Field, ...]
    by_options: Options
    where: SeriesFilter | None

    def arguments(self) -> str:
        """Print options, aggregations, OVER, BY and WHERE."""
        over = (
            join_words("OVER", print_value(self.over), print_options(self.over_options))
            if self.over is not None
            else ""
        )
        by = join_words("BY", print_values(self.by), print_options(self.by_options)) if self.by else ""
        return join_words(
            print_options(self.options), print_aggregations(self.aggregations), over, by, print_filter(self.where)
        )


def print_filter(where: SeriesFilter | None) -> str:
    """Print the WHERE clause."""
    if where is None:
        return ""
    function = where.aggregation
    shown = print_value(function) if isinstance(function, Name) else print_aggregations((function,))
    return f"WHERE {shown} {where.op} {print_value(where.value)}"


def read_chart(args: ArgReader) -> tuple[Options, tuple[Aggregation | MacroCall, ...]]:
    """Read options and aggregations of `chart` and `timechart`."""
    return read_aggregations_of(args, _CLAUSES, "`count` or `sum(field)`")


def read_filter(args: ArgReader) -> SeriesFilter | None:
    """Read `WHERE aggregation (in|notin) (top|bottom)N` or `WHERE aggregation op number`."""
    if not args.keyword("where"):
        return None
    found = args.aggregations(frozenset({"in", "notin"}))
    if len(found) != 1 or isinstance(found[0], MacroCall):
        raise args.expected("one aggregation after `WHERE`")
    op = args.keyword("in", "notin")
    if op is None:
        op = ""
        while (char := args.peek()) in {"<", ">", "=", "!"} and char:
            op += char
            args.pos += 1
    value = args.value() if op else None
    if not isinstance(value, Name):
        raise args.expected("`in top5`, `notin bottom5` or a comparison with a number")
    function: Aggregation | Name = found[0]
    if not found[0].args and found[0].alias is None:
        function = Name(found[0].start, found[0].end, found[0].name)
    return SeriesFilter(found[0].start, value.end, function, op, value)


def parse(args: ArgReader) -> Chart:
    """Read options, aggregations, OVER, BY and WHERE."""
    options, aggregations = read_chart(args)
    over: Field | None = None
    over_options: Options = ()
    by: tuple[Field, ...] = ()
    by_options: Options = ()
    if args.keyword("over"):
        over = args.field("a field name after `OVER`")
        over_options = args.options()
    if args.keyword("by"):
        while True:
            found = args.fields(_CLAUSES)
            more = args.options()
            if not found and not more:
                break
            by += found
            by_options += more
        if not by:
            raise args.expected("a field name after `BY`")
        if len(by) > (1 if over is not None else 2) and not any(isinstance(field, MacroCall) for field in by):
            raise args.error(
                "unexpected", "`chart` splits by at most two fields", by[-1].start, by[-1].end, "use `stats` for more"
            )
    where = read_filter(args)
    return Chart(*args.head, options + args.options(), aggregations, over, over_options, by, by_options, where)


def flow(node: Chart, state: FieldState, env: FlowEnv) -> FieldState:
    """With a splitting field the columns are named by its values, so they are not known."""
    read_aggregations(node.aggregations, state, env)
    fields = (*((node.over,) if node.over is not None else ()), *node.by)
    read_names(fields, state, env)
    names, patterns, unknown = output_names(node.aggregations, state)
    rows = {field.text for field in fields[:1] if isinstance(field, Name)}
    if len(fields) > 1 or unknown or any(isinstance(item, MacroCall) for item in (*fields, *node.options)):
        return FieldState(frozenset(rows))
    return state.only(names | rows, command="chart", offset=node.start, patterns=patterns)


MAX_BUCKETS = 50_000
"""Buckets that a chart may have (limits.conf, `[discretize] maxbins`)."""

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}


def run(node: Chart, table: Table, env: Env) -> Table:
    """Return one row a value of the first field, and with a second field one column a value of it.

    Without a field there is one row of all. Numbers are put into buckets only where options of buckets are given.

    Raises:
        UnsupportedSpl: an option that this engine cannot follow.
    """
    from generator.engine.aggregation import aggregated as aggregates_of
    from generator.engine.aggregation import measures
    from generator.engine.groups import group
    from generator.engine.series import by_rows, by_rows_and_series, row_keys, without_repeats
    from generator.engine.table import Table

    options = given_options(node.options, env, "chart")
    row_options = {name: text for name, text in options.items() if name in BIN_OPTIONS}
    by_options = given_options(node.by_options, env, "chart")
    names = names_of((*((node.over,) if node.over is not None else ()), *node.by), env, "chart")
    if node.over is not None:
        row_options |= given_options(node.over_options, env, "chart")
    elif len(names) == 1:
        row_options |= by_options
    wanted = measures(node.aggregations, table, env, "chart", by=names)
    if not names:
        whole = group(table, ())
        return Table(1, aggregates_of(wanted, whole))
    if "cont" in options:
        row_options["cont"] = options["cont"]
    rows, keys = bucketed(table.column(names[0]), names[0], row_options, env, node)
    ordered, places = row_keys(rows, keys)
    made = {names[0]: encoded(ordered)}
    if len(names) == 1:
        made |= by_rows(table, rows, wanted, ordered, places)
    else:
        column_options = by_options if node.over is not None or len(names) == 2 else {}
        series = table.column(names[1])
        if BIN_OPTIONS.keys() & column_options.keys():
            series, _ = bucketed(series, names[1], column_options, env, node)
        if flag((*node.options, *node.by_options), "dedup_splitvals", env, "chart"):
            series = without_repeats(series)
        choice = series_choice({**options, **by_options}, node.where, env, node)
        made |= by_rows_and_series(table, rows, series, wanted, keys=ordered, places=places, choice=choice)
    return Table(len(ordered), made)


def encoded(keys: list[Value]) -> Column:
    """Return a column of keys."""
    from generator.engine.column import encode

    return encode(keys)


def bucketed(
    column: Column, name: str, options: Mapping[str, str], env: Env, node: Command
) -> tuple[Column, list[Value] | None]:
    """Return the column in buckets and all buckets in order; the column as it is and None where no option asks for any.

    Raises:
        SearchError: an option's value is wrong.
        UnsupportedSpl: an alignment that needs the time range of the search.
    """
    from generator.engine.column import encode

    if not BIN_OPTIONS.keys() & options.keys():
        return column, None
    numbers = [number for value in column.compact().values if (number := number_of(value)) is not None]
    if not numbers:
        return encode([None] * len(column)), []
    low, high = min(numbers), max(numbers)
    text = options.get("span")
    continuous = read_bool(options.get("cont"), default=True)
    bins = whole_number(options.get("bins"), 300, env, node.name, node)
    if name == "_time" or (text is not None and read_number_span(text) is None):
        span = time_span(text, low, high, env, node, bins=bins, options=options)

        def begin(value: Value) -> Value:
            number = number_of(value)
            return None if number is None else span.floor(number)

        return column.map(begin), time_buckets(span, low, high, env, node) if continuous else None
    if "aligntime" in options:
        raise env.unsupported(f"`aligntime` of numbers in `{node.name}`", node)
    low = float(options.get("start", low))
    high = float(options.get("end", high))
    if text is None:
        length = automatic_number_span(low, high, bins, float(options.get("minspan", "0")))
    else:
        found = read_number_span(text)
        if found is None:
            raise env.error(node.name, f"Invalid value '{text}' for option 'span'", node)
        length = found
    labels = number_buckets(length, numbers, env, node, continuous=continuous)

    def label(value: Value) -> Value:
        number = number_of(value)
        return None if number is None else length.label(number)

    return column.map(label), labels


def number_buckets(
    span: NumberSpan, numbers: list[int | float], env: Env, node: Command, *, continuous: bool
) -> list[Value]:
    """Return the names of the buckets that hold numbers, in order; with `continuous` of those between as well."""
    edges = sorted({edge for number in numbers if (edge := span.edges(number)) is not None})
    found: dict[str, None] = {}
    for place, (low, edge_high) in enumerate(edges):
        found.setdefault(span.label(low) or "", None)
        high = edge_high
        while continuous and place + 1 < len(edges) and high < edges[place + 1][0]:
            label, following = span.label(high), span.edges(high)
            if label is None or following is None or following[1] <= high or len(found) > MAX_BUCKETS:
                raise env.error(node.name, f"More than {MAX_BUCKETS} buckets; use a larger span", node)
            found.setdefault(label, None)
            high = following[1]
    return list(found)


def time_span(
    text: str | None, low: float, high: float, env: Env, node: Command, *, bins: int, options: Mapping[str, str]
) -> TimeSpan:
    """Return the span of an option, or Splunk's for a number of buckets.

    Raises:
        SearchError: it is none.
        UnsupportedSpl: `aligntime` by the time range of the search, which is open.
    """
    if text is None:
        least = read_time_span(options["minspan"]) if "minspan" in options else None
        span = automatic_time_span(low, high, bins, least)
    else:
        read = read_time_span(f"{text}s" if text.isdecimal() else text)
        if read is None:
            raise env.error(node.name, f"Invalid value '{text}' for option 'span'", node)
        span = read
    if "aligntime" in options:
        bound = {"earliest": env.earliest, "latest": env.latest}.get(options["aligntime"], 0)
        if bound is None:
            raise env.unsupported(f"`aligntime={options['aligntime']}` of a search without time range", node)
        align = bound or env.time(options["aligntime"], node.name, node)
        span = replace(span, align=align)
    return span


def time_buckets(span: TimeSpan, low: float, high: float, env: Env, node: Command) -> list[Value]:
    """Return the begins of all buckets from one time to another.

    Raises:
        SearchError: they are too many.
    """
    if (high - low) / span.seconds > MAX_BUCKETS:
        raise env.error(node.name, f"More than {MAX_BUCKETS} buckets; use a larger span", node)
    found: list[Value] = []
    begin = span.floor(low)
    while begin <= high:
        found.append(begin)
        following = span.floor(span.following(begin))
        if len(found) > MAX_BUCKETS:
            raise env.error(node.name, f"More than {MAX_BUCKETS} buckets; use a larger span", node)
        begin = following
    return found


def series_choice(options: Mapping[str, str], where: SeriesFilter | None, env: Env, node: Command) -> SeriesChoice:
    """Return which series become columns.

    Raises:
        SearchError: an option's value is wrong.
    """
    from generator.engine.series import SeriesChoice, read_limit

    limit = read_limit(options.get("limit", "10"))
    if limit is None:
        raise env.error(node.name, f"Invalid value '{options['limit']}' for option 'limit'", node)
    rank = None
    if where is not None:
        rank = _rank(
            where.aggregation.text if isinstance(where.aggregation, Name) else where.aggregation.name, env, node
        )
    elif "agg" in options:
        rank = _rank(options["agg"].partition("(")[0], env, node)
    return SeriesChoice(
        limit=limit[0],
        worst=limit[1],
        rank=rank,
        keeps=None if where is None else _keeper(where, env, node),
        use_other=read_bool(options.get("useother"), default=True),
        use_null=read_bool(options.get("usenull"), default=True),
        other=options.get("otherstr", "OTHER"),
        null=options.get("nullstr", "NULL"),
        form=options.get("format", f"$AGG${options.get('sep', ': ')}$VAL$"),
        several="format" in options,
    )


def _rank(name: str, env: Env, node: Command) -> tuple[Aggregate, float | None]:
    known = env.functions.aggregate(name)
    if known is None:
        raise env.error(node.name, f"The aggregation '{name}' is unknown", node)
    if known[0] is None:
        raise env.unsupported(f"the aggregation `{name}` in `{node.name}`", node)
    return known[0], known[1]


def _keeper(where: SeriesFilter, env: Env, node: Command) -> Callable[[Mapping[str, float]], set[str]]:
    from generator.engine.series import best, read_limit

    if where.op in {"in", "notin"}:
        limit = read_limit(where.value.text)
        if limit is None:
            raise env.error(node.name, f"Invalid value '{where.value.text}' in the where clause", where)
        count, worst = limit

        def chosen(scores: Mapping[str, float]) -> set[str]:
            found = set(best(scores, count, worst=worst))
            return found if where.op == "in" else set(scores) - found

        return chosen
    number = number_of(where.value.text)
    if number is None or where.op not in _OPERATORS:
        raise env.error(node.name, f"Invalid value '{where.value.text}' in the where clause", where)
    holds = _OPERATORS[where.op]
    return lambda scores: {name for name, score in scores.items() if holds(score, number)}


SPEC = CommandSpec(
    name="chart",
    kind=CommandKind.TRANSFORMING,
    summary="Aggregates into a table for charts.",
    syntax="chart [<option>=<value>]... <aggregation> [AS <name>]... [OVER <field>] [BY <field> [<field>]] [WHERE <series-filter>]",
    options=CHART_OPTIONS,
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: chart",
)
