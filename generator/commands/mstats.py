"""`mstats`: aggregates the measurements of metric indexes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import given, is_on
from generator.commands.uses import output_names, read_names, read_term
from generator.spl.ast import Aggregation, And, Command, Comparison, Field, MacroCall, Name, Option, Options, Term
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_term, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_CLAUSES = frozenset({"where", "by", "groupby"})
_BY = frozenset({"by", "groupby"})
_CHART = re.compile(r"[\s,]*+(chart\.(?:limit|agg|usenull|useother|nullstr|otherstr))\s*+=(?!=)", re.IGNORECASE)
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
    eval_quotes=True,
    source="Search Reference: mstats",
)
