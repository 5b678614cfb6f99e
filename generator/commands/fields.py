"""`fields`: keeps or removes fields; internal ones (`_time`, `_raw`) stay unless they are removed by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import names_of
from generator.commands.table import chosen, kept
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, MacroCall, Name
from generator.spl.printer import join_words, print_values
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
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
    while args.take(","):
        pass
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


def run(node: Fields, table: Table, env: Env) -> Table:
    """Keep or remove; internal fields stay unless a name or wildcard that begins with `_` removes them."""
    names = names_of(node.fields, env, "fields")
    if node.sign == "-":
        return table.without(chosen(names, table))
    kept_names = chosen(names, table)
    internal = [
        name
        for name in ("_time", "_raw", "_indextime", "_cd", "_bkt", "_si", "_serial", "_sourcetype")
        if name in table
    ]
    return table.keep([*kept_names, *internal])


SPEC = CommandSpec(
    name="fields",
    kind=CommandKind.STREAMING,
    summary="Keeps or removes fields.",
    syntax="fields [+|-] <field>...",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: fields",
)
