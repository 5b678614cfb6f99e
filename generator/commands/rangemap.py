"""`rangemap`: writes into `range` the name of the range that a number lies in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.engine.values import elements, multivalue, number_of
from generator.spl.ast import Command, MacroCall, Name
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
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


def run(node: Rangemap, table: Table, env: Env) -> Table:
    """Name the ranges that a value lies in (ends included); what lies in none gets the default."""
    field = node.field
    if field is None:
        raise env.unsupported("`rangemap` without the name of a field", node)
    ranges: list[tuple[str, float, float]] = []
    default = "None"
    for pair in node.pairs:
        if isinstance(pair.value, MacroCall):
            raise env.no_macro("rangemap", pair.value)
        if not isinstance(pair.value, Name):
            raise env.unsupported("a subsearch as value in `rangemap`", pair.value)
        key = pair.key.text
        if key.lower() == "default":
            default = pair.value.text
        elif key.lower() != "field":
            match = _ENDS.fullmatch(pair.value.text)
            if match is None:
                raise env.error("rangemap", f"Invalid range `{pair.value.text}`", pair.value)
            ranges.append((key, float(match[1]), float(match[2])))

    def named(cell: Value) -> Value:
        numbers = [number for value in elements(cell) if (number := number_of(value)) is not None]
        found = [key for key, low, high in ranges if any(low <= number <= high for number in numbers)]
        return multivalue(found) or default

    return table.with_columns({"range": table.column(field.text).map(named)})


_ENDS = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)\s*")


SPEC = CommandSpec(
    name="rangemap",
    kind=CommandKind.STREAMING,
    summary="Names the range that a number lies in.",
    syntax="rangemap field=<field> [<name>=<num>-<num>]... [default=<string>]",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: rangemap",
)
