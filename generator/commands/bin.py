"""`bin` (`bucket`): puts numbers or times into buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.spl.ast import Command, Field, MacroCall, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Bin(Command):
    """The field, and the name of the result where it is another one."""

    options: Options
    field: Field
    alias: Name | None

    def arguments(self) -> str:
        """Print options, field and alias."""
        alias = f"AS {print_value(self.alias)}" if self.alias is not None else ""
        return join_words(print_options(self.options), print_value(self.field), alias)


def parse(args: ArgReader) -> Bin:
    """Read options, the field and its alias in any order."""
    options: list[Option | MacroCall] = []
    field: Field | None = None
    alias: Name | None = None
    while not args.at_end():
        option = args.option()
        if option is not None:
            options.append(option)
            continue
        args.no_option()
        if field is None:
            field = args.field()
        elif alias is None and args.peek_word() == "as":
            alias = args.alias()
        else:
            raise args.unexpected("`bin` takes one field")
    if field is None:
        raise args.expected("a field name")
    return Bin(*args.head, tuple(options), field, alias)


def flow(node: Bin, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the field; the alias is added."""
    if isinstance(node.field, Name):
        env.use(node.field.text, node.field.start, node.field.end, state)
    return state.add((node.alias.text,)) if node.alias is not None else state


SPEC = CommandSpec(
    name="bin",
    kind=CommandKind.STREAMING,
    summary="Puts numbers or times into buckets.",
    syntax="bin [bins=<int>] [minspan=<span>] [span=<span>] [start=<num>] [end=<num>] [aligntime=<time>] <field> [AS <name>]",
    aliases=("bucket", "discretize"),
    options={
        "bins": OptionKind.INT,
        "minspan": OptionKind.SPAN,
        "span": OptionKind.SPAN,
        "start": OptionKind.NUMBER,
        "end": OptionKind.NUMBER,
        "aligntime": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: bin",
)
