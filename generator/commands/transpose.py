"""`transpose`: turns rows into columns and columns into rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import given, has_macro
from generator.commands.uses import read_option
from generator.spl.ast import Command, Name, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Transpose(Command):
    """`limit` is the number of rows that become columns (None = 5, `0` = all)."""

    limit: Name | None
    options: Options

    def arguments(self) -> str:
        """Print number and options."""
        return join_words(print_value(self.limit) if self.limit is not None else "", print_options(self.options))


def parse(args: ArgReader) -> Transpose:
    """Read the number and options, in any order."""
    options = args.options()
    limit = args.name_or_none()
    if limit is not None and not limit.text.isdecimal() and "$" not in limit.text:
        raise args.error("expected", f"expected a number of rows, found `{limit.text}`", limit.start, limit.end)
    return Transpose(*args.head, limit, options + args.options())


def flow(node: Transpose, state: FieldState, env: FlowEnv) -> FieldState:
    """One column names the fields of before; the others are named `row 1` and so on, or by values of a field."""
    read_option(node.options, "header_field", state, env)
    column = given(node.options, "column_name", "column")
    if given(node.options, "header_field") or has_macro(*node.options):
        return FieldState(frozenset({column}))
    return state.only((column,), command="transpose", offset=node.start, patterns=("row *",))


SPEC = CommandSpec(
    name="transpose",
    kind=CommandKind.TRANSFORMING,
    summary="Turns rows into columns.",
    syntax="transpose [<int>] [column_name=<string>] [header_field=<field>] [include_empty=<bool>]",
    options={"column_name": OptionKind.TEXT, "header_field": OptionKind.FIELD, "include_empty": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    source="Search Reference: transpose",
)
