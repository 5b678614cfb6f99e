"""`top`: lists the most common combinations of values with their count and percentage."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from generator.base.frozen import dataclass
from generator.commands.shapes import given, has_macro, is_on
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, Name, Options
from generator.spl.printer import join_words, print_options, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

RANKING_OPTIONS: dict[str, OptionKind | tuple[str, ...]] = {
    "showcount": OptionKind.BOOL,
    "showperc": OptionKind.BOOL,
    "limit": OptionKind.INT,
    "countfield": OptionKind.TEXT,
    "percentfield": OptionKind.TEXT,
    "useother": OptionKind.BOOL,
    "otherstr": OptionKind.TEXT,
}


@dataclass(frozen=True, slots=True)
class Ranking(Command):
    """What `top`, `rare` and their forms for summary indexes hold; `limit` is the number before the fields."""

    limit: Name | None
    options: Options
    fields: tuple[Field, ...]
    by: tuple[Field, ...]

    def arguments(self) -> str:
        """Print number, options, fields and the BY clause."""
        limit = print_value(self.limit) if self.limit is not None else ""
        by = f"BY {print_values(self.by)}" if self.by else ""
        return join_words(limit, print_options(self.options), print_values(self.fields), by)


@dataclass(frozen=True, slots=True)
class Top(Ranking):
    """See `Ranking`."""


R = TypeVar("R", bound=Ranking)


def ranking_parser(node: type[R]) -> Callable[[ArgReader], R]:
    """Return a `parse` for `top` and its kin."""

    def parse(args: ArgReader) -> R:
        options, names = args.mixed(("by",))
        limit = None
        if names and isinstance(names[0], Name) and not names[0].quote and names[0].text.isdecimal():
            limit, names = names[0], names[1:]
        if not names:
            raise args.expected("at least one field name")
        by: tuple[Field, ...] = ()
        if args.keyword("by"):
            by = args.fields_of("a field name after `BY`")
            options += tuple(iter(args.option, None))
        return node(*args.head, limit, options, names, by)

    return parse


def flow(node: Ranking, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the fields of the lists, count and percentage are left."""
    read_names((*node.fields, *node.by), state, env)
    names = {field.text for field in (*node.fields, *node.by) if isinstance(field, Name)}
    if is_on(node.options, "showcount", default=True):
        names.add(given(node.options, "countfield", "count"))
    if is_on(node.options, "showperc", default=True):
        names.add(given(node.options, "percentfield", "percent"))
    closed = state.only(
        (name for name in names if "*" not in name),
        command=node.name,
        offset=node.start,
        patterns=(name for name in names if "*" in name),
    )
    return closed.opened() if has_macro(*node.options, *node.fields, *node.by) else closed


def prepares(node: Ranking, state: FieldState, env: FlowEnv) -> FieldState:
    """The forms for summary indexes add fields with names of their own (`psrsvd_...`), so the state is open."""
    return flow(node, state, env).opened()


SPEC = CommandSpec(
    name="top",
    kind=CommandKind.TRANSFORMING,
    summary="Lists the most common values.",
    syntax="top [<int>] [showcount=<bool>] [showperc=<bool>] [limit=<int>] [countfield=<name>] [percentfield=<name>] "
    "[useother=<bool>] [otherstr=<string>] <field>... [BY <field>...]",
    options=RANKING_OPTIONS,
    parse=ranking_parser(Top),
    flow=flow,
    source="Search Reference: top",
)
