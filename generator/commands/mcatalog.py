"""`mcatalog`: lists metric names and the values of dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import is_on
from generator.commands.uses import output_names, read_names, read_term
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Options, Term
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_aggregations, print_options, print_term, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
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


SPEC = CommandSpec(
    name="mcatalog",
    kind=CommandKind.GENERATING,
    summary="Lists metric names and dimension values.",
    syntax="mcatalog [prestats=<bool>] [append=<bool>] values(<field>) [AS <name>]... [WHERE <terms>] [BY <field>...]",
    options={"prestats": OptionKind.BOOL, "append": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    source="Search Reference: mcatalog",
)
