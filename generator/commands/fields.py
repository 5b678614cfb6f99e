"""`fields`: keeps or removes fields; internal ones (`_time`, `_raw`) stay unless they are removed by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.table import kept
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, MacroCall, Name
from generator.spl.printer import join_words, print_values
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Fields(Command):
    """`sign` is `-` to remove, `+` or "" to keep."""

    sign: str
    fields: tuple[Field, ...]

    def arguments(self) -> str:
        """Print the sign and the fields."""
        return join_words(self.sign, print_values(self.fields))


def parse(args: ArgReader) -> Fields:
    """Read the sign and the fields."""
    sign = args.peek()
    if sign in {"+", "-"}:
        args.pos += 1
    else:
        sign = ""
    return Fields(*args.head, sign, args.fields_of())


def flow(node: Fields, state: FieldState, env: FlowEnv) -> FieldState:
    """Keep or remove; what is kept but cannot exist stays absent."""
    read_names(node.fields, state, env, optional=True)
    names = [field.text for field in node.fields if isinstance(field, Name)]
    unknown = any(isinstance(field, MacroCall) for field in node.fields)
    if node.sign == "-":
        return state.remove(names, command="fields", offset=node.start)
    if unknown:
        return state
    return kept(state, (*names, "_*"), command="fields", offset=node.start)


SPEC = CommandSpec(
    name="fields",
    kind=CommandKind.STREAMING,
    summary="Keeps or removes fields.",
    syntax="fields [+|-] <field>...",
    parse=parse,
    flow=flow,
    source="Search Reference: fields",
)
