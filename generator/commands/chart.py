"""`chart`: aggregates into a table for charts: rows by one field, columns by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import output_names, read_aggregations, read_names
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Node, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
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
    """`WHERE aggregation op value`: which columns are kept; `op` is `in`, `notin`, `<`, `>`, ..."""

    aggregation: Aggregation
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
    return f"WHERE {print_aggregations((where.aggregation,))} {where.op} {print_value(where.value)}"


def read_chart(args: ArgReader) -> tuple[Options, tuple[Aggregation | MacroCall, ...]]:
    """Read options and aggregations of `chart` and `timechart`."""
    options = args.options()
    aggregations = args.aggregations(_CLAUSES)
    while (more := args.options()) or (found := args.aggregations(_CLAUSES)):
        if more:
            options += more
        else:
            aggregations += found
    if not aggregations and not any(isinstance(option, MacroCall) for option in options):
        raise args.expected("an aggregation such as `count` or `sum(field)`")
    return options, aggregations


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
    return SeriesFilter(found[0].start, value.end, found[0], op, value)


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


SPEC = CommandSpec(
    name="chart",
    kind=CommandKind.TRANSFORMING,
    summary="Aggregates into a table for charts.",
    syntax="chart [<option>=<value>]... <aggregation> [AS <name>]... [OVER <field>] [BY <field> [<field>]] [WHERE <series-filter>]",
    options=CHART_OPTIONS,
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: chart",
)
