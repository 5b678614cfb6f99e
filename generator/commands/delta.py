"""`delta`: takes the difference of a field's value to that of an earlier row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import AliasedCommand, aliased_parser
from generator.commands.uses import read_names
from generator.engine.values import finite, number_of
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Delta(AliasedCommand):
    """`p` is how many rows earlier (one by default)."""


def flow(node: Delta, state: FieldState, env: FlowEnv) -> FieldState:
    """The difference is added, by default as `delta(<field>)`."""
    read_names((node.field,), state, env)
    if node.alias is not None:
        return state.add((node.alias.text,))
    return state.add((f"delta({node.field.text})",)) if isinstance(node.field, Name) else state.opened()


def run(node: Delta, table: Table, env: Env) -> Table:
    """Subtract the value of `p` rows earlier; without two numbers there is no difference."""
    from generator.engine.column import encode

    (name,) = names_of((node.field,), env, "delta")
    distance = whole_number(given_options(node.options, env, "delta").get("p"), 1, env, "delta", node)
    if distance < 1:
        raise env.error("delta", f"Invalid value '{distance}' for option 'p'", node)
    numbers = [number_of(cell) for cell in table.column(name).to_list()]
    cells: list[Value] = []
    for row, number in enumerate(numbers):
        earlier = numbers[row - distance] if row >= distance else None
        cells.append(None if number is None or earlier is None else finite(number - earlier))
    return table.with_columns({node.alias.text if node.alias is not None else f"delta({name})": encode(cells)})


SPEC = CommandSpec(
    name="delta",
    kind=CommandKind.STREAMING,
    summary="Takes the difference to the row before.",
    syntax="delta <field> [AS <name>] [p=<int>]",
    options={"p": OptionKind.INT},
    parse=aliased_parser(Delta),
    flow=flow,
    run=run,
    source="Search Reference: delta",
)
