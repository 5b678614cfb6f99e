"""`bin` (`bucket`): puts numbers or times into buckets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.engine.buckets import automatic_number_span, automatic_time_span, read_number_span, read_time_span
from generator.engine.values import number_of
from generator.spl.ast import Command, Field, MacroCall, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.buckets import TimeSpan
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
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


def run(node: Bin, table: Table, env: Env) -> Table:
    """Put a field's values into buckets: times become the begin of theirs, numbers a `low-high` text."""
    if isinstance(node.field, MacroCall):
        raise env.no_macro("bin", node.field)
    given = given_options(node.options, env, "bin")
    name = node.field.text
    column = table.column(name)
    bucket = _bucket(node, name, given, column, env)
    return table.with_columns({node.alias.text if node.alias is not None else name: column.map(bucket)})


def _bucket(node: Bin, name: str, given: dict[str, str], column: Column, env: Env) -> Callable[[Value], Value]:
    """Return what a value becomes. Texts that are no numbers stay as they are."""
    text = given.get("span")
    bins = max(2, whole_number(given.get("bins"), 100, env, "bin", node))
    numbers = [number for value in column.compact().values if (number := number_of(value)) is not None]
    as_time = name == "_time" if text is None or read_number_span(text) is not None else True
    if as_time:
        least = read_time_span(given["minspan"]) if "minspan" in given else None
        if text is None:
            span = automatic_time_span(min(numbers, default=0), max(numbers, default=0), bins, least)
        else:
            read = read_time_span(f"{text}s" if text.isdecimal() else text)
            if read is None:
                raise env.error("bin", f"Invalid value '{text}' for option 'span'", node)
            span = read
        if "aligntime" in given:
            span = replace(span, align=_align(given["aligntime"], span, env, node))
        return lambda value: value if (number := number_of(value)) is None else span.floor(number)
    if text is None:
        low = float(given.get("start", min(numbers, default=0)))
        high = float(given.get("end", max(numbers, default=0)))
        least_length = float(given["minspan"]) if "minspan" in given else 0
        length = automatic_number_span(low, high, bins, least_length)
    else:
        found = read_number_span(text)
        if found is None:
            raise env.error("bin", f"Invalid value '{text}' for option 'span'", node)
        length = found
    return lambda value: value if (number := number_of(value)) is None else length.label(number)


def _align(text: str, span: TimeSpan, env: Env, node: Bin) -> float:
    if text in {"earliest", "latest"}:
        bound = env.earliest if text == "earliest" else env.latest
        return bound % span.seconds if bound is not None else 0
    return env.time(text, "bin", node) % span.seconds


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
    run=run,
    source="Search Reference: bin",
)
