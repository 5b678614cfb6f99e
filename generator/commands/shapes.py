"""Shapes of arguments that many commands share: options with field names, field lists with aliases, sort keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from generator.spl.ast import Command, Field, MacroCall, Name, Node, Options
from generator.spl.printer import join_words, print_options, print_value, print_values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from generator.spl.reader import ArgReader


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
    node: type[F], *, at_least: int = 0, at_most: int | None = None, what: str = "a field name"
) -> Callable[[ArgReader], F]:
    """Return a `parse` for a command of options and field names; `at_least` and `at_most` count the names.

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
        return node(*args.head, options, fields)

    return parse


def _count(number: int) -> str:
    return "no field" if number == 0 else "one field" if number == 1 else f"at most {number} fields"


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
