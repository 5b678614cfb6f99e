"""What `stats` and its kin share: options, aggregations and a BY clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import output_names, read_aggregations, read_names
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Options
from generator.spl.printer import join_words, print_aggregations, print_options, print_values
from generator.spl.syntax import OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_BY = frozenset({"by"})

STATS_OPTIONS: dict[str, OptionKind | tuple[str, ...]] = {
    "allnum": OptionKind.BOOL,
    "delim": OptionKind.TEXT,
    "partitions": OptionKind.INT,
    "dedup_splitvals": OptionKind.BOOL,
}


@dataclass(frozen=True, slots=True)
class Grouped(Command):
    """Aggregations over groups: `aggregations` in written order, `by` the fields that make the groups."""

    options: Options
    aggregations: tuple[Aggregation | MacroCall, ...]
    by: tuple[Field, ...]

    def arguments(self) -> str:
        """Print options, aggregations and the BY clause."""
        by = f"BY {print_values(self.by)}" if self.by else ""
        return join_words(print_options(self.options), print_aggregations(self.aggregations), by)


def read_grouped(args: ArgReader) -> tuple[Options, tuple[Aggregation | MacroCall, ...], tuple[Field, ...]]:
    """Read options, aggregations and BY clause.

    Raises:
        SplSyntaxError: no aggregation, BY without a field, or something else stands there.
    """
    options = args.options()
    aggregations = args.aggregations(_BY)
    while (more := args.options()) or (found := args.aggregations(_BY)):
        if more:
            options += more
        else:
            aggregations += found
    if not aggregations and not any(isinstance(option, MacroCall) for option in options):
        raise args.expected("an aggregation such as `count` or `sum(field)`")
    by: tuple[Field, ...] = ()
    if args.keyword("by"):
        by = args.fields_of("a field name after `BY`")
        options += args.options()
    return options, aggregations, by


def uses_of(node: Grouped, state: FieldState, env: FlowEnv) -> None:
    """Record what aggregations and BY clause read."""
    read_aggregations(node.aggregations, state, env)
    read_names(node.by, state, env)


def aggregated(node: Grouped, state: FieldState, *, command: str) -> FieldState:
    """Return the state that holds just the BY fields and the results (open where a macro may add others)."""
    names, patterns, unknown = output_names(node.aggregations, state)
    names.update(field.text for field in node.by if isinstance(field, Name))
    closed = state.only(names, command=command, offset=node.start, patterns=patterns)
    unknown = unknown or any(isinstance(field, MacroCall) for field in (*node.by, *node.options))
    return closed.opened() if unknown else closed


def added(node: Grouped, state: FieldState) -> FieldState:
    """Return the state with the results added."""
    names, patterns, unknown = output_names(node.aggregations, state)
    grown = state.add(names).add_patterns(patterns)
    return grown.opened() if unknown or any(isinstance(option, MacroCall) for option in node.options) else grown
