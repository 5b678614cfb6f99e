"""`tojson`: writes the fields of each event as a JSON object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options
from generator.commands.shapes import given
from generator.commands.table import chosen
from generator.commands.uses import read_names
from generator.engine.values import Value, elements, number_of, read_bool, text_of
from generator.spl.ast import Command, Field, MacroCall, Name, Node, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Scalar
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


_TRUE = frozenset({"true", "t", "yes"})
_FALSE = frozenset({"false", "f", "no"})
_SKIPPED = object()
"""What a value becomes that its type cannot hold."""


def run(node: Tojson, table: Table, env: Env) -> Table:
    """Write each row as JSON object, keys in byte order; multivalues become arrays.

    A value that its type cannot hold is left out, or null with `fill_null`.
    """
    from generator.engine.column import unencoded
    from generator.functions.paths import write_json

    options = given_options(node.options, env, "tojson")
    kinds: dict[str, str] = {}
    default = options.get("default_type", "none").lower()
    internal = read_bool(options.get("include_internal"), default=False)
    for item in node.items:
        if isinstance(item.field, MacroCall):
            raise env.no_macro("tojson", item.field)
        for name in chosen((item.field.text,), table):
            kinds[name] = item.function or default
    if not node.items:
        kinds = {name: default for name in table.names() if internal or not name.startswith("_")}
    fills = read_bool(options.get("fill_null"), default=False)
    texts: list[Value] = []
    for row in table.rows(sorted(kinds)):
        found: dict[str, Any] = {}
        for name, cell in row.items():
            typed = [_typed_value(value, kinds[name]) for value in elements(cell)]
            kept = [None if one is _SKIPPED else one for one in typed if fills or one is not _SKIPPED]
            if isinstance(cell, tuple):
                found[name] = kept
            elif kept:
                found[name] = kept[0]
        texts.append(write_json(found))
    return table.with_columns({options.get("output_field", "_raw"): unencoded(texts)})


def _typed_value(value: Scalar, kind: str) -> Any:  # noqa: ANN401 - JSON
    """Return a value as JSON of a type, or `_SKIPPED`."""
    from generator.functions.paths import MISSING, read_json

    text = text_of(value)
    number = number_of(value)
    if kind == "str":
        return text
    if kind in {"num", "none", "auto"} and number is not None:
        return _number(text, number)
    if kind == "none":
        return text
    if kind == "num":
        return _SKIPPED
    truth = number != 0 if number is not None else _truth(text)
    if kind == "bool":
        return _SKIPPED if truth is None else truth
    document = read_json(text, as_written=True)
    if kind == "auto":
        return text if document is MISSING else document
    return _SKIPPED if document is MISSING else document


def _number(text: str, number: float) -> Any:  # noqa: ANN401 - JSON
    """Return a number as it is written, where JSON writes it so."""
    from generator.functions.paths import MISSING, read_json

    document = read_json(text, as_written=True)
    return number if document is MISSING or isinstance(document, bool) else document


def _truth(text: str) -> bool | None:
    lowered = text.lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else None


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
    run=run,
    source="Search Reference: tojson",
)
