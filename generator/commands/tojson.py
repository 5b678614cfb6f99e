"""`tojson`: writes the fields of each event as a JSON object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import given
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, MacroCall, Name, Node, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

FUNCTIONS = ("auto", "bool", "json", "none", "num", "str")
"""The types that a value may be written as."""

_CALL = re.compile(r"(auto|bool|json|none|num|str)\(\s*([^()]*?)\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typed(Node):
    """`function(field)`, or a field alone (`function` is then ""); a function alone is meant for all fields (`*`)."""

    function: str
    field: Field


@dataclass(frozen=True, slots=True)
class Tojson(Command):
    """Without items it writes all fields."""

    options: Options
    items: tuple[Typed, ...]

    def arguments(self) -> str:
        """Print items and options."""
        return join_words(" ".join(map(_print, self.items)), print_options(self.options))


def _print(item: Typed) -> str:
    return f"{item.function}({print_value(item.field)})" if item.function else print_value(item.field)


def parse(args: ArgReader) -> Tojson:
    """Read items and options, in any order."""
    options: list[Option | MacroCall] = []
    items: list[Typed] = []
    while True:
        while args.take(","):
            pass
        if args.at_end():
            break
        option = args.option()
        if option is not None:
            options.append(option)
            continue
        args.no_option()
        field = args.field("a field name or a function such as `num(field)`")
        items.append(_typed(args, field))
    return Tojson(*args.head, tuple(options), tuple(items))


def _typed(args: ArgReader, field: Field) -> Typed:
    if not isinstance(field, Name) or field.quote:
        return Typed(field.start, field.end, "", field)
    call = _CALL.fullmatch(field.text)
    if call is not None:
        start = field.start + call.start(2)
        inner = Name(start, start + len(call[2]), call[2]) if call[2] else Name(field.start, field.end, "*")
        return Typed(field.start, field.end, call[1].lower(), inner)
    if field.text.lower() in FUNCTIONS and args.take("("):
        inner_field = args.field()
        if not args.take(")"):
            raise args.expected("`)`")
        return Typed(field.start, args.pos, field.text.lower(), inner_field)
    if field.text.lower() in FUNCTIONS:
        return Typed(field.start, field.end, field.text.lower(), Name(field.start, field.end, "*"))
    return Typed(field.start, field.end, "", field)


def flow(node: Tojson, state: FieldState, env: FlowEnv) -> FieldState:
    """The object is added, by default in the place of `_raw`."""
    read_names((item.field for item in node.items), state, env, optional=True)
    return state.add((given(node.options, "output_field", "_raw"),))


SPEC = CommandSpec(
    name="tojson",
    kind=CommandKind.STREAMING,
    summary="Turns fields into a JSON text.",
    syntax="tojson [auto|bool|json|none|num|str(<field>)|<field>]... [default_type=<type>] [fill_null=<bool>] "
    "[include_internal=<bool>] [output_field=<name>]",
    options={
        "default_type": FUNCTIONS,
        "fill_null": OptionKind.BOOL,
        "include_internal": OptionKind.BOOL,
        "output_field": OptionKind.FIELD,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: tojson",
)
