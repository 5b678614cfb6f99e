"""`timechart`: aggregates over spans of time, one column per value of a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.chart import CHART_OPTIONS, SeriesFilter, print_filter, read_chart, read_filter
from generator.commands.uses import output_names, read_aggregations, read_names
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
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


SPEC = CommandSpec(
    name="timechart",
    kind=CommandKind.TRANSFORMING,
    summary="Aggregates over spans of time.",
    syntax="timechart [span=<span>] [<option>=<value>]... <aggregation> [AS <name>]... [BY <field>] [WHERE <series-filter>]",
    options={**CHART_OPTIONS, "partial": OptionKind.BOOL, "fixedrange": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: timechart",
)
