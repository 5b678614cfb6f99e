"""`rangemap`: writes into `range` the name of the range that a number lies in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, Name
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
_RANGE = re.compile(rf"{_NUMBER}\s*-\s*{_NUMBER}")


@dataclass(frozen=True, slots=True)
class Rangemap(Command):
    """`field=` and `default=` stand among the ranges, whose names are free."""

    pairs: tuple[Pair, ...]

    @property
    def field(self) -> Name | None:
        """The field, or None when a macro gives it."""
        return next((p.value for p in self.pairs if p.key.text.lower() == "field" and isinstance(p.value, Name)), None)

    def arguments(self) -> str:
        """Print the pairs."""
        return print_pairs(self.pairs)


def parse(args: ArgReader) -> Rangemap:
    """Read `field=`, ranges and `default=`."""
    pairs = tuple(iter(lambda: read_pair(args), None))
    names = {pair.key.text.lower() for pair in pairs}
    if "field" not in names:
        raise args.expected("`field=<field>`")
    for pair in pairs:
        if pair.key.text.lower() in {"field", "default"} or not isinstance(pair.value, Name):
            continue
        value = pair.value.text
        if _RANGE.fullmatch(value) is None and "$" not in value:
            args.report(
                "bad-option", f"`{value}` is no range", pair.value.start, pair.value.end, "a range is written `1-10`"
            )
    return Rangemap(*args.head, pairs)


def flow(node: Rangemap, state: FieldState, env: FlowEnv) -> FieldState:
    """`range` is added."""
    if node.field is not None:
        env.use(node.field.text, node.field.start, node.field.end, state)
    return state.add(("range",))


SPEC = CommandSpec(
    name="rangemap",
    kind=CommandKind.STREAMING,
    summary="Names the range that a number lies in.",
    syntax="rangemap field=<field> [<name>=<num>-<num>]... [default=<string>]",
    parse=parse,
    flow=flow,
    source="Search Reference: rangemap",
)
