"""`predict`: forecasts time series."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import Renamed, print_renamed
from generator.spl.ast import Command, MacroCall, Name, Option
from generator.spl.printer import print_options
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_LIMIT = re.compile(r"[\s,]*+((?:upper|lower)\d{1,3})\s*+=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Predict(Command):
    """Fields (with aliases) and options in written order: an option holds for the fields before it."""

    parts: tuple[Renamed | Option, ...]

    def arguments(self) -> str:
        """Print fields and options."""
        return " ".join(
            print_options((part,)) if isinstance(part, Option) else print_renamed((part,)) for part in self.parts
        )


def parse(args: ArgReader) -> Predict:
    """Read fields and options."""
    parts: list[Renamed | Option] = []
    while True:
        while args.take(","):
            pass
        if args.at_end():
            break
        limit = _LIMIT.match(args.text, args.pos, args.end)
        known = {limit.group(1).lower(): OptionKind.FIELD} if limit is not None else None
        option = args.option(known)
        if option is not None:
            parts.append(option)
            continue
        args.no_option()
        if args.peek_word() == "as":
            raise args.expected("a field name before `AS`")
        field = args.field()
        alias = args.alias()
        parts.append(Renamed(field.start, args.pos, field, alias))
    if not any(isinstance(part, Renamed) for part in parts):
        raise args.expected("the field of a time series")
    return Predict(*args.head, tuple(parts))


def flow(node: Predict, state: FieldState, env: FlowEnv) -> FieldState:
    """The prediction and its limits are added."""
    for part in node.parts:
        if isinstance(part, Option):
            if part.name == "correlate" and isinstance(part.value, Name):
                env.use(part.value.text, part.value.start, part.value.end, state)
            elif part.name.startswith(("upper", "lower")) and part.text:
                state = state.add((part.text,))
        elif isinstance(part.field, MacroCall):
            state = state.opened()
        else:
            env.use(part.field.text, part.field.start, part.field.end, state)
            state = state.add((part.alias.text if part.alias is not None else f"prediction({part.field.text})",))
    return state.add_patterns(("upper*", "lower*"))


SPEC = CommandSpec(
    name="predict",
    kind=CommandKind.TRANSFORMING,
    summary="Forecasts a time series.",
    syntax="predict <field> [AS <name>]... [algorithm=LL|LLT|LLP|LLP5|LLB|BiLL] [correlate=<field>] [future_timespan=<num>] "
    "[holdback=<num>] [period=<num>] [suppress=<field>] [upper<int>=<name>] [lower<int>=<name>]",
    options={
        "algorithm": ("ll", "llt", "llp", "llp1", "llp2", "llp5", "llb", "bill"),
        "correlate": OptionKind.FIELD,
        "future_timespan": OptionKind.NUMBER,
        "holdback": OptionKind.NUMBER,
        "period": OptionKind.NUMBER,
        "suppress": OptionKind.FIELD,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: predict",
)
