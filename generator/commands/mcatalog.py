"""`mcatalog`: lists metric names and the values of dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import flag, names_of
from generator.commands.mstats import measurements
from generator.commands.shapes import is_on
from generator.commands.uses import output_names, read_names, read_term
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Options, Term
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_term, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_BY = frozenset({"by", "groupby"})
_CLAUSES = _BY | {"where"}


@dataclass(frozen=True, slots=True)
class Mcatalog(Command):
    """`values(field)` aggregations, the terms that choose data points, and the BY fields."""

    options: Options
    aggregations: tuple[Aggregation | MacroCall, ...]
    where: Term | None
    by: tuple[Field, ...]

    def arguments(self) -> str:
        """Print the clauses."""
        where = f"WHERE {print_term(self.where)}" if self.where is not None else ""
        by = f"BY {print_values(self.by, ' ')}" if self.by else ""
        return join_words(print_options(self.options), print_aggregations(self.aggregations, " "), where, by)


def parse(args: ArgReader) -> Mcatalog:
    """Read options, aggregations and clauses."""
    options = args.options()
    aggregations = args.aggregations_of(_CLAUSES)
    where: Term | None = None
    by: tuple[Field, ...] = ()
    if args.keyword("where"):
        where = args.terms(_BY)
        if where is None:
            raise args.expected("a search term after `WHERE`")
    if args.keyword(*_BY):
        by = args.fields_of("a field name after `BY`")
    return Mcatalog(*args.head, options, aggregations, where, by)


def flow(node: Mcatalog, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the BY fields and the results are left."""
    points = FieldState()
    read_term(node.where, points, env)
    read_names(node.by, points, env)
    names, patterns, unknown = output_names(node.aggregations, points)
    names.update(field.text for field in node.by if isinstance(field, Name))
    if unknown or is_on(node.options, "prestats") or any(isinstance(i, MacroCall) for i in (*node.by, *node.options)):
        return points.add(names)
    made = points.only(names, command="mcatalog", offset=node.start, patterns=patterns)
    return state.merged(made) if is_on(node.options, "append") else made


def run(node: Mcatalog, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Return the values of metric names or dimensions, one row a group."""
    from generator.engine.aggregation import aggregated, measures
    from generator.engine.groups import group
    from generator.engine.table import Table

    for option in ("prestats", "append"):
        if flag(node.options, option, env, "mcatalog"):
            raise env.unsupported(f"the option `{option}` of `mcatalog`", node)
    for aggregation in node.aggregations:
        if isinstance(aggregation, Aggregation) and aggregation.name.lower() != "values":
            raise env.error("mcatalog", f"Only values() is allowed, not '{aggregation.text}'", aggregation)
        if isinstance(aggregation, Aggregation) and any(
            getattr(one, "text", "") == "_dims" for one in aggregation.args
        ):
            raise env.unsupported("`values(_dims)` of `mcatalog`", aggregation)
    by = names_of(node.by, env, "mcatalog")
    points = measurements(env.events())
    if node.where is not None:
        points = points.take(env.mask(node.where, points, "mcatalog"))
    groups = group(points, by)
    found = aggregated(measures(node.aggregations, points, env, "mcatalog", by=by), groups)
    columns = {**found, **dict(zip(by, groups.keys, strict=True))}
    return Table(groups.count, columns).select(list(dict.fromkeys((*by, *found))))


SPEC = CommandSpec(
    name="mcatalog",
    kind=CommandKind.GENERATING,
    summary="Lists metric names and dimension values.",
    syntax="mcatalog [prestats=<bool>] [append=<bool>] values(<field>) [AS <name>]... [WHERE <terms>] [BY <field>...]",
    options={"prestats": OptionKind.BOOL, "append": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: mcatalog",
)
