"""`xpath`: extracts from XML by an XPath expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import given
from generator.commands.uses import read_option
from generator.spl.ast import Command, MacroCall, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Xpath(Command):
    """`path` is the XPath expression."""

    options: Options
    path: Name

    def arguments(self) -> str:
        """Print options and expression."""
        return join_words(print_options(self.options), print_value(self.path))


def parse(args: ArgReader) -> Xpath:
    """Read options and the expression, in any order."""
    options: list[Option | MacroCall] = list(args.options())
    path = args.string("an XPath expression in double quotes")
    options.extend(args.options())
    return Xpath(*args.head, tuple(options), path)


def flow(node: Xpath, state: FieldState, env: FlowEnv) -> FieldState:
    """The result is added."""
    read_option(node.options, "field", state, env)
    return state.add((given(node.options, "outfield", "xpath"),))


SPEC = CommandSpec(
    name="xpath",
    kind=CommandKind.STREAMING,
    summary="Extracts from XML by XPath.",
    syntax='xpath [outfield=<name>] "<xpath>" [field=<field>] [default=<string>]',
    options={"outfield": OptionKind.FIELD, "field": OptionKind.FIELD, "default": OptionKind.TEXT},
    parse=parse,
    flow=flow,
    source="Search Reference: xpath",
)
