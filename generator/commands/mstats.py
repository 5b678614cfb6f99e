"""`mstats`: aggregates the measurements of metric indexes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import flag, given_options, names_of
from generator.commands.shapes import given, is_on
from generator.commands.tstats import filled_up, in_buckets, intermediate
from generator.commands.uses import output_names, read_names, read_term
from generator.engine.values import shown
from generator.spl.ast import Aggregation, And, Command, Comparison, Field, MacroCall, Name, Option, Options, Term
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_term, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.column import Column, Rows
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_CLAUSES = frozenset({"where", "by", "groupby"})
_BY = frozenset({"by", "groupby"})
_CHART = re.compile(r"[\s,]*+(chart\.(?:limit|agg|usenull|useother|nullstr|otherstr))\s*+=(?!=)", re.IGNORECASE)
_SEVERAL = "metric_name:"
_SPANS = frozenset({"span", "every"})
_SPAN_OPTIONS: dict[str, OptionKind | tuple[str, ...]] = {"span": OptionKind.SPAN, "every": OptionKind.SPAN}


@dataclass(frozen=True, slots=True)
class Mstats(Command):
    """`spans` are `span=` and `every=`, which stand behind WHERE and BY; other options may stand anywhere before."""

    options: Options
    aggregations: tuple[Aggregation | MacroCall, ...]
    where: Term | None
    by: tuple[Field, ...]
    spans: tuple[Option, ...]

    def arguments(self) -> str:
        """Print the clauses in Splunk's order."""
        where = f"WHERE {print_term(self.where)}" if self.where is not None else ""
        by = f"BY {print_values(self.by, ' ')}" if self.by else ""
        return join_words(
            print_options(self.options),
            print_aggregations(self.aggregations, " "),
            where,
            by,
            print_options(self.spans),
        )


def parse(args: ArgReader) -> Mstats:
    """Read options and aggregations, then the clauses."""
    options: list[Option | MacroCall] = []
    spans: list[Option] = []
    aggregations: list[Aggregation | MacroCall] = []
    while True:
        option = _chart_option(args) or args.option()
        if option is not None:
            (spans if option.name in _SPANS else options).append(option)
        elif found := args.aggregations(_CLAUSES):
            aggregations.extend(found)
        else:
            break
    args.no_option()
    if not aggregations:
        raise args.expected("an aggregation such as `avg(metric.name)`")
    where: Term | None = None
    by: tuple[Field, ...] = ()
    while clause := args.keyword(*_CLAUSES):
        if clause == "where":
            where = args.terms(_BY)
            if where is None:
                raise args.expected("a search term after `WHERE`")
            where, found_spans = _split_spans(where)
            spans.extend(found_spans)
        else:
            by = args.fields_of("a field name after `BY`", _CLAUSES)
            while True:
                option = args.option(_SPAN_OPTIONS)
                more = args.fields(_CLAUSES) if option is None else ()
                if option is not None:
                    spans.append(option)
                elif not more:
                    break
                by += more
    args.no_option()
    return Mstats(*args.head, tuple(options), tuple(aggregations), where, by, tuple(spans))


def _chart_option(args: ArgReader) -> Option | None:
    match = _CHART.match(args.text, args.pos, args.end)
    if match is None:
        return None
    args.pos = match.end()
    value = args.value()
    if value is None:
        raise args.expected(f"a value for `{match.group(1)}`")
    return Option(match.start(1), value.end, match.group(1).lower(), value)


def _split_spans(term: Term) -> tuple[Term | None, list[Option]]:
    """Take `span=` and `every=` from the end of the terms, which end where no BY follows."""
    terms = list(term.terms) if isinstance(term, And) and not term.explicit else [term]
    spans: list[Option] = []
    while terms:
        last = terms[-1]
        if not isinstance(last, Comparison) or last.op != "=" or not isinstance(last.field, Name):
            break
        name = last.field.text.lower()
        if name not in _SPANS:
            break
        spans.insert(0, Option(last.start, last.end, name, last.value))
        terms.pop()
    if not spans:
        return term, []
    if len(terms) < 2:
        return (terms[0] if terms else None), spans
    return And(terms[0].start, terms[-1].end, tuple(terms)), spans


def flow(node: Mstats, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the BY fields, the results and, with a span, `_time` are left; a chart's columns are named by values."""
    points = FieldState()
    read_term(node.where, points, env)
    read_names(node.by, points, env)
    names, patterns, unknown = output_names(node.aggregations, points)
    names.update(field.text for field in node.by if isinstance(field, Name))
    if given(node.spans, "span"):
        names.add("_time")
    if any(isinstance(item, MacroCall) for item in (*node.by, *node.options)):
        unknown = True
    if unknown or is_on(node.options, "prestats") or is_on(node.options, "chart"):
        return points.add(names)
    made = points.only(names, command="mstats", offset=node.start, patterns=patterns)
    return state.merged(made) if is_on(node.options, "append") else made


def run(node: Mstats, table: Table, env: Env) -> Table:
    """Aggregate measurements: one row a group and span, BY fields first; a point that has none of the metrics makes no group."""
    from generator.engine.aggregation import aggregated, measures
    from generator.engine.groups import group
    from generator.engine.table import Table, stack

    prestats = flag(node.options, "prestats", env, "mstats")
    appends = flag(node.options, "append", env, "mstats")
    if appends and not prestats:
        raise env.error("mstats", "append=true needs prestats=true", node)
    if flag(node.options, "chart", env, "mstats"):
        raise env.unsupported("the option `chart` of `mstats`", node)
    spans = given_options(node.spans, env, "mstats")
    if "every" in spans:
        raise env.unsupported("the option `every` of `mstats`", node)
    by = names_of(node.by, env, "mstats")
    points = measurements(env.events())
    if node.where is not None:
        points = points.take(env.mask(node.where, points, "mstats"))
    points, metrics = _asked(node, points)
    filled = given_options(node.options, env, "mstats").get("fillnull_value")
    keys = {} if "span" not in spans else {"_time": in_buckets(points.column("_time"), spans["span"], node, env)}
    for name in by:
        if name != "_time":
            column = points.column(name)
            keys[name] = column if filled is None else filled_up(column, filled)
        elif "_time" not in keys:
            keys[name] = in_buckets(points.column("_time"), "auto", node, env)
    if prestats:
        rows = intermediate(keys, {"_time": points.column("_time"), **metrics}, points.length)
        return stack([table, rows]) if appends else rows
    wanted = measures(node.aggregations, Table(points.length, metrics), env, "mstats")
    groups = group(
        points.with_columns({f"{name} key": column for name, column in keys.items()}), [f"{name} key" for name in keys]
    )
    found = aggregated(wanted, groups)
    columns = {**found, **dict(zip(keys, groups.keys, strict=True))}
    return Table(groups.count, columns).select(list(dict.fromkeys((*keys, *found))))


def measurements(events: Table) -> Table:
    """Return one row for each measurement of the events, with `metric_name`, `_value` and the event's dimensions.

    An event has one in `metric_name` and `_value`, or several in `metric_name:<name>`. Kept for all searches.
    """
    import numpy as np

    from generator.engine.column import concat, constant

    points = events.cache.get("measurements")
    if points is None:
        rows: list[Rows] = []
        names: list[Column] = []
        values: list[Column] = []
        single = events.find("metric_name")
        if single is not None:
            value = events.column("_value")
            there = np.flatnonzero(single.present & value.present)
            rows, names, values = [there], [single.take(there)], [value.take(there)]
        for field in _measured(events):
            value = events.column(field)
            there = np.flatnonzero(value.present)
            rows.append(there)
            names.append(constant(field.removeprefix(_SEVERAL), len(there)))
            values.append(value.take(there))
        points = events.take(np.concatenate(rows) if rows else np.zeros(0, np.intp))
        if rows:
            points = points.with_columns({"metric_name": concat(names), "_value": concat(values)})
        events.cache["measurements"] = points
    found: Table = points
    return found


def _measured(events: Table) -> list[str]:
    """Return the fields `metric_name:<name>`. All fields are made only where the first event of a source speaks of metrics."""
    import numpy as np

    found = [name for name in events.indexed() if name.startswith(_SEVERAL)]
    raw = events.find("_raw")
    if found or raw is None or not events.length:
        return found
    _, firsts = np.unique(events.column("source").codes, return_index=True)
    if not any("metric_name" in shown(value) for value in raw.take(firsts).to_list()):
        return []
    return [name for name in events.names() if name.startswith(_SEVERAL)]


def _asked(node: Mstats, points: Table) -> tuple[Table, dict[str, Column]]:
    """Return the rows of the metrics that the aggregations name, and for each metric the column of its values."""
    import numpy as np

    from generator.engine.aggregation import wildcard_pattern
    from generator.engine.column import absent, choose

    names = points.column("metric_name")
    known = sorted({shown(value) for value in names.compact().values[1:]})
    asked: dict[str, None] = {}
    for aggregation in node.aggregations:
        for argument in aggregation.args if isinstance(aggregation, Aggregation) else ():
            if isinstance(argument, Name):
                pattern = wildcard_pattern(argument.text)
                asked.update(dict.fromkeys(name for name in known if pattern.fullmatch(name)) or {argument.text: None})
    if "_value" not in asked:
        inside = names.test(lambda value: shown(value) in asked)
        points = points if inside.all() else points.take(np.flatnonzero(inside))
        names = points.column("metric_name")
    values = points.column("_value")
    nothing = absent(points.length)
    columns = {
        name: values if name == "_value" else choose(names.test(lambda value: shown(value) == name), values, nothing)  # noqa: B023 - called at once
        for name in asked
        if "*" not in name
    }
    return points, columns


SPEC = CommandSpec(
    name="mstats",
    kind=CommandKind.GENERATING,
    summary="Aggregates metric data.",
    syntax="mstats [chart=<bool>] [chart.<option>=<value>]... [prestats=<bool>] [append=<bool>] [backfill=<bool>] "
    "[update_period=<int>] [fillnull_value=<string>] [chunk_size=<int>] <function>(<metric>) [AS <name>]... "
    "[WHERE <terms>] [BY <field>...] [span=<span> [every=<span>]]",
    options={
        "chart": OptionKind.BOOL,
        "prestats": OptionKind.BOOL,
        "append": OptionKind.BOOL,
        "backfill": OptionKind.BOOL,
        "update_period": OptionKind.INT,
        "fillnull_value": OptionKind.TEXT,
        "chunk_size": OptionKind.INT,
        **_SPAN_OPTIONS,
    },
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: mstats",
)
