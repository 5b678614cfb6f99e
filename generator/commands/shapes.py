"""Shapes of arguments that many commands share: nothing, options, field names, free `name=value` pairs, sort keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from generator.base.frozen import dataclass
from generator.spl.ast import Command, Field, MacroCall, Name, Node, Option, Options, Subsearch, Value
from generator.spl.booleans import means_true
from generator.spl.printer import join_words, print_options, print_subsearch, print_value, print_values
from generator.spl.syntax import OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_PAIR = re.compile(r"[\s,]*+([\w.:-]++)\s*+=(?!=)")


@dataclass(frozen=True, slots=True)
class BareCommand(Command):
    """A command without arguments."""

    def arguments(self) -> str:
        """Print nothing."""
        return ""


B = TypeVar("B", bound=BareCommand)


def bare_parser(node: type[B]) -> Callable[[ArgReader], B]:
    """Return a `parse` for a command that takes no arguments (what stands there is refused by the parser)."""

    def parse(args: ArgReader) -> B:
        return node(*args.head)

    return parse


@dataclass(frozen=True, slots=True)
class OptionsCommand(Command):
    """A command that takes only options."""

    options: Options

    def arguments(self) -> str:
        """Print the options."""
        return print_options(self.options)


@dataclass(frozen=True, slots=True)
class SubsearchCommand(Command):
    """A command with options before and behind one subsearch, whose rows join the results."""

    options: Options
    subsearch: Subsearch

    def arguments(self) -> str:
        """Print options and subsearch."""
        return join_words(print_options(self.options), print_subsearch(self.subsearch))


S = TypeVar("S", bound=SubsearchCommand)


def subsearch_parser(node: type[S]) -> Callable[[ArgReader], S]:
    """Return a `parse` for a command with options and a subsearch."""

    def parse(args: ArgReader) -> S:
        options = args.options()
        subsearch = args.subsearch_of()
        return node(*args.head, options + args.options(), subsearch)

    return parse


def merged_flow(node: SubsearchCommand, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of the results and of the subsearch."""
    return state.merged(env.subsearch(node.subsearch.pipeline))


SUBSEARCH_OPTIONS = {
    "extendtimerange": OptionKind.BOOL,
    "maxtime": OptionKind.INT,
    "maxout": OptionKind.INT,
    "timeout": OptionKind.INT,
}
"""What `append`, `appendcols` and `union` say of how their subsearches run."""


P = TypeVar("P", bound=OptionsCommand)


def options_parser(node: type[P], *, required: tuple[str, ...] = ()) -> Callable[[ArgReader], P]:
    """Return a `parse` for a command of options, of which some must be given."""

    def parse(args: ArgReader) -> P:
        options = args.options()
        require(args, options, *required)
        return node(*args.head, options)

    return parse


def require(args: ArgReader, options: Options, *names: str) -> None:
    """Report each option that must be given and is not (a macro call among the options may stand for any)."""
    if any(isinstance(option, MacroCall) for option in options):
        return
    given_names = {option.name for option in options if isinstance(option, Option)}
    for name in names:
        if name not in given_names:
            args.report("expected", f"`{args.name}` needs `{name}=<value>`", args.start, args.name_end)


def given(options: Options, name: str, default: str = "") -> str:
    """Return the text of an option (the last one of this name), or the default."""
    found = default
    for option in options:
        if isinstance(option, Option) and option.name == name and option.text is not None:
            found = option.text
    return found


def is_on(options: Options, name: str, *, default: bool = False) -> bool:
    """Return whether a Boolean option is true."""
    return means_true(given(options, name, "t" if default else "f"))


def has_macro(*items: Node | None) -> bool:
    """Return whether any of these is a macro call that was left in place."""
    return any(isinstance(item, MacroCall) for item in items)


@dataclass(frozen=True, slots=True)
class Pair(Node):
    """`key=value` where any key may stand; it keeps its spelling."""

    key: Name
    value: Value


def read_pair(args: ArgReader) -> Pair | None:
    """Read a `name=value` of any name (letters, digits and `_ . : -`), or nothing.

    Raises:
        SplSyntaxError: no value follows.
    """
    match = _PAIR.match(args.text, args.pos, args.end)
    if match is None:
        return None
    start, end = match.span(1)
    args.pos = match.end()
    value = args.value()
    if value is None:
        raise args.expected(f"a value for `{match.group(1)}`")
    return Pair(start, value.end, Name(start, end, match.group(1)), value)


def print_pairs(pairs: tuple[Pair, ...], separator: str = " ") -> str:
    """Print pairs."""
    return separator.join(map(_print_pair, pairs))


def _print_pair(pair: Pair) -> str:
    value = print_value(pair.value)
    # A blank keeps two equals signs from being read as one operator.
    return f"{pair.key.text}={' ' if value.startswith('=') else ''}{value}"


@dataclass(frozen=True, slots=True)
class FieldsCommand(Command):
    """A command whose arguments are options and field names in any order."""

    options: Options
    fields: tuple[Field, ...]

    def arguments(self) -> str:
        """Print options, then fields."""
        return join_words(print_options(self.options), print_values(self.fields))


F = TypeVar("F", bound=FieldsCommand)


def fields_parser(
    node: type[F],
    *,
    at_least: int = 0,
    at_most: int | None = None,
    what: str = "a field name",
    required: tuple[str, ...] = (),
) -> Callable[[ArgReader], F]:
    """Return a `parse` for a command of options and field names; `at_least` and `at_most` count the names.

    `required` names the options that must be given.

    A macro call among the arguments may stand for any of them, so then nothing is counted.
    """

    def parse(args: ArgReader) -> F:
        options, fields = args.mixed()
        if len(fields) < at_least and not any(isinstance(option, MacroCall) for option in options):
            raise args.expected(what)
        if at_most is not None and len(fields) > at_most and not any(isinstance(field, MacroCall) for field in fields):
            extra = fields[at_most]
            raise args.error(
                "unexpected", f"`{args.name}` takes {_count(at_most)}, not {len(fields)}", extra.start, fields[-1].end
            )
        require(args, options, *required)
        return node(*args.head, options, fields)

    return parse


def _count(number: int) -> str:
    return "no field" if number == 0 else "one field" if number == 1 else f"at most {number} fields"


@dataclass(frozen=True, slots=True)
class AliasedCommand(Command):
    """A command of options and one field, whose result may get another name by `AS`."""

    options: Options
    field: Field
    alias: Name | None

    def arguments(self) -> str:
        """Print field, alias and options."""
        alias = f"AS {print_value(self.alias)}" if self.alias is not None else ""
        return join_words(print_value(self.field), alias, print_options(self.options))


A = TypeVar("A", bound=AliasedCommand)


def aliased_parser(node: type[A]) -> Callable[[ArgReader], A]:
    """Return a `parse` for a command of options and one field with an alias."""

    def parse(args: ArgReader) -> A:
        options = args.options()
        field = args.field()
        options += args.options()
        alias = args.alias()
        return node(*args.head, options + args.options(), field, alias)

    return parse


@dataclass(frozen=True, slots=True)
class Renamed(Node):
    """`field [AS alias]`."""

    field: Field
    alias: Name | None = None

    @property
    def output(self) -> str | None:
        """The name behind `AS`, else the field's own; None for a macro."""
        if self.alias is not None:
            return self.alias.text
        return self.field.text if isinstance(self.field, Name) else None


def read_renamed(args: ArgReader, stop: Collection[str]) -> tuple[Renamed, ...]:
    """Read `a [AS b], c ...` up to a stop word (lower-case) or the end.

    Raises:
        SplSyntaxError: `AS` without a name.
    """
    found: list[Renamed] = []
    while True:
        while args.take(","):
            pass
        if args.at_end() or args.peek_word() in stop:
            return tuple(found)
        field = args.field_or_none()
        if field is None:
            return tuple(found)
        alias = args.alias()
        found.append(Renamed(field.start, alias.end if alias is not None else field.end, field, alias))


def print_renamed(items: tuple[Renamed, ...]) -> str:
    """Print `a AS b, c`."""
    return ", ".join(
        print_value(item.field) if item.alias is None else f"{print_value(item.field)} AS {print_value(item.alias)}"
        for item in items
    )


@dataclass(frozen=True, slots=True)
class SortKey(Node):
    """`[+|-][function(]field[)]`; `function` is `auto`, `str`, `ip`, `num` or ""."""

    sign: str
    function: str
    field: Field


_SORT_FUNCTIONS = frozenset({"auto", "str", "ip", "num"})


def read_sort_keys(args: ArgReader, stop: Collection[str] = ()) -> tuple[SortKey, ...]:
    """Read sort keys up to a stop word (lower-case), an option or the end.

    Raises:
        SplSyntaxError: a sign without a field, or an unknown function.
    """
    found: list[SortKey] = []
    while True:
        while args.take(","):
            pass
        start = args.position()
        if start >= args.end or args.peek_word() in stop:
            return tuple(found)
        sign = args.peek()
        if sign in {"+", "-"}:
            args.pos += 1
            args.position()
        else:
            sign = ""
        field = args.field_or_none()
        if field is None:
            if sign:
                raise args.expected("a field name to sort by")
            return tuple(found)
        function = ""
        if isinstance(field, Name) and not field.quote and field.text.endswith(")"):
            name, _, inner = field.text[:-1].partition("(")
            if name.lower() in _SORT_FUNCTIONS:
                function = name.lower()
                inside = field.start + len(name) + 1
                text = inner.strip().strip('"')
                if not text:
                    raise args.error(
                        "expected", f"expected a field name between `{name}(` and `)`", field.start, field.end
                    )
                field = Name(inside, field.end - 1, text)
        elif isinstance(field, Name) and field.text.lower() in _SORT_FUNCTIONS and args.take("("):
            function = field.text.lower()
            field = args.field()
            if not args.take(")"):
                raise args.expected("`)`")
        found.append(SortKey(start, args.pos, sign, function, field))


def print_sort_keys(keys: tuple[SortKey, ...]) -> str:
    """Print sort keys."""
    return ", ".join(
        f"{key.sign}{key.function}({print_value(key.field)})" if key.function else f"{key.sign}{print_value(key.field)}"
        for key in keys
    )
