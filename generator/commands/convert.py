"""`convert`: changes field values into numbers or times by its own functions (`ctime`, `mktime`, `num`, ...)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import did_you_mean
from generator.base.frozen import dataclass
from generator.commands.grouping import given_options
from generator.commands.uses import fill_wildcard, match_wildcard
from generator.engine.values import elements, finite, multivalue, number_of, text_of
from generator.spl.ast import Aggregation, Command, MacroCall, Name, Node, Options
from generator.spl.printer import join_words, print_call, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Scalar
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

FUNCTIONS = frozenset({"auto", "ctime", "dur2sec", "memk", "mktime", "mstime", "none", "num", "rmcomma", "rmunit"})
"""The functions of `convert`; they exist nowhere else."""


@dataclass(frozen=True, slots=True)
class Conversion(Node):
    """`function(field) [AS alias]`; the field may hold wildcards."""

    function: str
    field: Name | MacroCall
    alias: Name | None


@dataclass(frozen=True, slots=True)
class Convert(Command):
    """The conversions in written order."""

    options: Options
    conversions: tuple[Conversion | MacroCall, ...]

    def arguments(self) -> str:
        """Print options and conversions."""
        return join_words(print_options(self.options), " ".join(map(_print, self.conversions)))


def _print(item: Conversion | MacroCall) -> str:
    if isinstance(item, MacroCall):
        return print_call(item)
    alias = f" AS {print_value(item.alias)}" if item.alias is not None else ""
    return f"{item.function}({print_value(item.field)}){alias}"


def parse(args: ArgReader) -> Convert:
    """Read options and `function(field) [AS name]` items."""
    options = args.options()
    found: list[Conversion | MacroCall] = []
    for item in args.aggregations():
        if isinstance(item, MacroCall):
            found.append(item)
            continue
        found.append(_conversion(args, item))
    options += args.options()
    if not found and not any(isinstance(option, MacroCall) for option in options):
        raise args.expected("a conversion such as `ctime(field)`")
    return Convert(*args.head, options, tuple(found))


def _conversion(args: ArgReader, item: Aggregation) -> Conversion:
    name = item.name.lower()
    if name not in FUNCTIONS:
        args.report(
            "unknown-function",
            f"`convert` has no function `{item.name}`",
            item.start,
            item.name_end,
            did_you_mean(name, FUNCTIONS),
        )
    if len(item.args) != 1 or not isinstance(item.args[0], Name | MacroCall):
        raise args.error("argument-count", f"`{item.name}` of `convert` takes one field", item.start, item.end)
    return Conversion(item.start, item.end, name, item.args[0], item.alias)


def flow(node: Convert, state: FieldState, env: FlowEnv) -> FieldState:
    """Aliases are added; a missing field is skipped, so reading one is no mistake."""
    for item in node.conversions:
        if isinstance(item, MacroCall) or isinstance(item.field, MacroCall):
            state = state.opened()
            continue
        env.use(item.field.text, item.field.start, item.field.end, state, optional=True)
        if item.alias is None:
            continue
        if "*" not in item.field.text:
            state = state.add((item.alias.text,)) if state.may_have(item.field.text) else state
            continue
        made = [
            fill_wildcard(item.alias.text, m)
            for name in state.names
            if (m := match_wildcard(item.field.text, name)) is not None
        ]
        state = state.add(made).add_patterns((item.alias.text,) if state.open else ())
    return state


DEFAULT_FORMAT = "%m/%d/%Y %H:%M:%S"
"""How `ctime` writes and `mktime` reads a time without `timeformat`."""

_DURATION = re.compile(r"(?:(\d+)\+)?(\d+):(\d+):(\d+)", re.ASCII)
_SECONDS = re.compile(r"(?:(\d+):)?(\d+(?:\.\d+)?)", re.ASCII)
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)", re.ASCII | re.IGNORECASE)
_LEADING_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_KILOBYTES = {"": 1, "k": 1, "m": 1024, "g": 1024 * 1024}


def run(node: Convert, table: Table, env: Env) -> Table:
    """Convert the fields one item after the other; fields that do not exist are skipped.

    A value that a function cannot convert stays as it is; `num` takes it away, and `auto` leaves the whole field alone.
    """
    form = given_options(node.options, env, "convert").get("timeformat", DEFAULT_FORMAT)
    kept: set[str] = set()
    for item in node.conversions:
        if isinstance(item, MacroCall):
            raise env.no_macro("convert", item)
        if isinstance(item.field, MacroCall):
            raise env.no_macro("convert", item.field)
        if item.function == "none":
            kept.update(name for name, _ in _targets(item, table))
    for item in node.conversions:
        if isinstance(item, MacroCall) or item.function == "none":
            continue
        made = {}
        for name, target in _targets(item, table):
            if name not in kept or "*" not in item.field.text:
                made[target] = _converted(item.function, table.column(name), form, env)
        table = table.with_columns(made)
    return table


def _targets(item: Conversion, table: Table) -> list[tuple[str, str]]:
    """Return the fields that an item is about, and the names of their results."""
    name = item.field.text
    alias = item.alias.text if item.alias is not None else ""
    if "*" not in name:
        return [(name, alias or name)] if name in table else []
    found = []
    for known in table.names():
        matched = match_wildcard(name, known)
        if matched is not None and (name.startswith("_") or not known.startswith("_")):
            found.append((known, fill_wildcard(alias, matched) if alias else known))
    return found


def _converted(function: str, column: Column, form: str, env: Env) -> Column:
    if function in {"auto", "num"}:
        results = {value: _best(value, form, env) for cell in column.compact().values for value in elements(cell)}
        if function == "auto" and None in results.values():
            return column
        return column.map(
            lambda cell: multivalue(made for value in elements(cell) if (made := results[value]) is not None)
        )
    convert = _function(function, form, env)

    def kept(value: Scalar) -> Scalar:
        made = convert(value)
        return value if made is None else made

    return column.map(lambda cell: multivalue(map(kept, elements(cell))))


def _function(name: str, form: str, env: Env) -> Callable[[Scalar], Scalar | None]:
    """Return a function of `convert`; it gives None for what it cannot convert."""
    if name == "ctime":
        from generator.functions.time import format_time

        return lambda value: None if (number := number_of(value)) is None else format_time(number, form)
    if name == "mktime":
        from generator.functions.time import read_time

        return lambda value: None if (seconds := read_time(text_of(value), form, env.now)) is None else finite(seconds)
    if name == "rmcomma":
        return lambda value: text_of(value).replace(",", "")
    return {"dur2sec": _duration, "mstime": _seconds, "memk": _kilobytes, "rmunit": _without_unit}[name]


def _duration(value: Scalar) -> Scalar | None:
    match = _DURATION.fullmatch(text_of(value).strip())
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _seconds(value: Scalar) -> Scalar | None:
    match = _SECONDS.fullmatch(text_of(value).strip())
    return None if match is None else int(match[1] or 0) * 60 + (number_of(match[2]) or 0)


def _kilobytes(value: Scalar) -> Scalar | None:
    match = _MEMORY.fullmatch(text_of(value).strip())
    return None if match is None else (number_of(match[1]) or 0) * _KILOBYTES[match[2].lower()]


def _without_unit(value: Scalar) -> Scalar | None:
    match = _LEADING_NUMBER.match(text_of(value).strip())
    return None if match is None else number_of(match[0])


def _best(value: Scalar, form: str, env: Env) -> Scalar | None:
    """Return a value as number by the first conversion that fits: plain, with commas, duration, size, time, unit."""
    text = text_of(value).strip()
    plain = number_of(text)
    if plain is None:
        plain = number_of(text.replace(",", ""))
    if plain is not None:
        return plain
    for convert in (_duration, _seconds, _kilobytes, _function("mktime", form, env), _without_unit):
        made = convert(text)
        if made is not None:
            return made
    return None


SPEC = CommandSpec(
    name="convert",
    kind=CommandKind.STREAMING,
    summary="Changes field values into numbers or times.",
    syntax="convert [timeformat=<string>] <function>(<field>) [AS <name>]...",
    options={"timeformat": OptionKind.TEXT},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: convert",
)
