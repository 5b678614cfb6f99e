"""What `stats` and its kin share: options, aggregations and a BY clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import output_names, read_aggregations, read_names
from generator.spl.ast import Aggregation, Command, Field, MacroCall, Name, Options, Subsearch
from generator.spl.booleans import means_true
from generator.spl.printer import join_words, print_aggregations, print_options, print_values
from generator.spl.syntax import OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
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


def read_aggregations_of(
    args: ArgReader, stop: frozenset[str], example: str
) -> tuple[Options, tuple[Aggregation | MacroCall, ...]]:
    """Read options and aggregations in any order, up to one of the words `stop`.

    Raises:
        SplSyntaxError: there is no aggregation; `example` says what one looks like.
    """
    options = args.options()
    aggregations = args.aggregations(stop)
    while (more := args.options()) or (found := args.aggregations(stop)):
        if more:
            options += more
        else:
            aggregations += found
    if not aggregations and not any(isinstance(option, MacroCall) for option in options):
        raise args.expected(f"an aggregation such as {example}")
    return options, aggregations


def read_grouped(args: ArgReader) -> tuple[Options, tuple[Aggregation | MacroCall, ...], tuple[Field, ...]]:
    """Read options, aggregations and BY clause.

    Raises:
        SplSyntaxError: no aggregation, BY without a field, or something else stands there.
    """
    options, aggregations = read_aggregations_of(args, _BY, "`count` or `sum(field)`")
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


def by_names(node: Grouped, env: Env) -> list[str]:
    """Return the names of the BY fields.

    Raises:
        SearchError: a macro among them is not known.
    """
    for field in node.by:
        if isinstance(field, MacroCall):
            raise env.no_macro(node.name, field)
    return list(dict.fromkeys(field.text for field in node.by if isinstance(field, Name)))


def given_options(options: Options, env: Env, command: str) -> dict[str, str]:
    """Return the options whose value is a word, by name; of repeated ones the last.

    Raises:
        SearchError: a macro among them is not known.
        UnsupportedSpl: a subsearch gives a value.
    """
    found: dict[str, str] = {}
    for option in options:
        if isinstance(option, MacroCall):
            raise env.no_macro(command, option)
        if isinstance(option.value, Name):
            found[option.name] = option.value.text
        elif isinstance(option.value, MacroCall):
            raise env.no_macro(command, option.value)
        elif isinstance(option.value, Subsearch):
            raise env.unsupported(f"a subsearch as value of `{option.name}`", option)
    return found


def flag(options: Options, name: str, env: Env, command: str, *, default: bool = False) -> bool:
    """Return the value of a Boolean option. Raises as `given_options`."""
    text = given_options(options, env, command).get(name)
    return means_true(text, default=default)


def joined_by(field: str) -> str:
    """Return the key of `Env.scratch` with the delimiter that a command gave a field's values, for `nomv`."""
    return f"delimiter {field}"


def names_of(fields: tuple[Field, ...], env: Env, command: str) -> list[str]:
    """Return the names of fields, wildcards unresolved.

    Raises:
        SearchError: a macro among them is not known.
    """
    for field in fields:
        if isinstance(field, MacroCall):
            raise env.no_macro(command, field)
    return [field.text for field in fields if isinstance(field, Name)]


def whole_number(text: str | None, default: int, env: Env, command: str, node: Command) -> int:
    """Return the value of an option that is a whole number.

    Raises:
        SearchError: it is none.
    """
    if text is None:
        return default
    try:
        return int(text)
    except ValueError:
        raise env.error(command, f"Invalid number `{text}`", node) from None
