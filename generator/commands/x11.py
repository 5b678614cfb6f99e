"""`x11`: removes the seasonal part of a time series."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, Name
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_CALL = re.compile(r"((?:mult|add)?\d*)\(\s*([^()]+?)\s*\)", re.IGNORECASE)
_METHOD = re.compile(r"(?:mult|add)\d*|\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class X11(Command):
    """`method` is `mult` or `add` with the period behind it, each of which may be missing."""

    method: str
    field: Field
    alias: Name | None

    def arguments(self) -> str:
        """Print method, field and alias."""
        field = f"{self.method}({print_value(self.field)})" if self.method else print_value(self.field)
        return join_words(field, f"AS {print_value(self.alias)}" if self.alias is not None else "")


def parse(args: ArgReader) -> X11:
    """Read `[method](field) [AS alias]` or a field alone."""
    method = ""
    if args.take("("):
        field = args.field()
        if not args.take(")"):
            raise args.expected("`)`")
        return X11(*args.head, method, field, args.alias())
    field = args.field()
    if isinstance(field, Name) and not field.quote:
        call = _CALL.fullmatch(field.text)
        if call is not None:
            method = call[1].lower()
            start = field.start + call.start(2)
            field = Name(start, start + len(call[2]), call[2])
        elif _METHOD.fullmatch(field.text) is not None and args.take("("):
            method = field.text.lower()
            field = args.field()
            if not args.take(")"):
                raise args.expected("`)`")
    return X11(*args.head, method, field, args.alias())


def flow(node: X11, state: FieldState, env: FlowEnv) -> FieldState:
    """The alias is added; without one the result takes the field's place."""
    read_names((node.field,), state, env)
    return state.add((node.alias.text,)) if node.alias is not None else state


SPEC = CommandSpec(
    name="x11",
    kind=CommandKind.TRANSFORMING,
    summary="Removes the seasonal part of a series.",
    syntax="x11 [mult|add][<int>](<field>) [AS <name>]",
    parse=parse,
    flow=flow,
    source="Search Reference: x11",
)
