"""`accum`: keeps a running total of a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import names_of
from generator.commands.shapes import AliasedCommand, aliased_parser
from generator.commands.uses import read_names
from generator.engine.values import finite, number_of
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Accum(AliasedCommand):
    """Without an alias the total takes the field's place."""


def flow(node: Accum, state: FieldState, env: FlowEnv) -> FieldState:
    """The alias is added."""
    read_names((node.field,), state, env)
    return state.add((node.alias.text,)) if node.alias is not None else state


def run(node: Accum, table: Table, env: Env) -> Table:
    """Add up the numbers; a cell that is none counts nothing and gets no total."""
    from generator.engine.column import encode

    (name,) = names_of((node.field,), env, "accum")
    total: float = 0
    cells: list[Value] = []
    for cell in table.column(name).to_list():
        number = number_of(cell)
        total += number or 0
        kept = cell if node.alias is None else None
        cells.append(kept if number is None else finite(total))
    return table.with_columns({node.alias.text if node.alias is not None else name: encode(cells)})


SPEC = CommandSpec(
    name="accum",
    kind=CommandKind.STREAMING,
    summary="Keeps a running total of a field.",
    syntax="accum <field> [AS <name>]",
    parse=aliased_parser(Accum),
    flow=flow,
    run=run,
    source="Search Reference: accum",
)
