"""`autoregress`: copies values of earlier rows into each row, for moving averages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import AliasedCommand, aliased_parser, given
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv

_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Autoregress(AliasedCommand):
    """`p` is how many rows earlier, or a range such as `2-5`."""


def flow(node: Autoregress, state: FieldState, env: FlowEnv) -> FieldState:
    """The copies are added: the alias, or `<field>_p<number>` for each number of the range."""
    read_names((node.field,), state, env)
    if node.alias is not None:
        return state.add((node.alias.text,))
    match = _RANGE.fullmatch(given(node.options, "p", "1"))
    if match is None or not isinstance(node.field, Name):
        return state.opened()
    first, last = int(match[1]), int(match[2] or match[1])
    if last - first > _MOST:
        return state.add_patterns((f"{node.field.text}_p*",))
    return state.add(f"{node.field.text}_p{number}" for number in range(first, last + 1))


def run(node: Autoregress, table: Table, env: Env) -> Table:
    """Copy the values of earlier rows into fields of their own."""
    import numpy as np

    from generator.engine.column import absent, choose

    (name,) = names_of((node.field,), env, "autoregress")
    text = given_options(node.options, env, "autoregress").get("p", "1")
    match = _RANGE.fullmatch(text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match is not None else (0, 0)
    if not 1 <= first <= last or last - first > _MOST or (node.alias is not None and last > first):
        raise env.error("autoregress", f"Invalid value '{text}' for option 'p'", node)
    column = table.column(name)
    rows = np.arange(table.length)
    made = {}
    for distance in range(first, last + 1):
        moved = choose(rows >= distance, column.take(np.maximum(rows - distance, 0)), absent(table.length))
        made[node.alias.text if node.alias is not None else f"{name}_p{distance}"] = moved
    return table.with_columns(made)


SPEC = CommandSpec(
    name="autoregress",
    kind=CommandKind.STREAMING,
    summary="Copies values of earlier rows for moving averages.",
    syntax="autoregress <field> [AS <name>] [p=<int>|<int>-<int>]",
    aliases=("ar",),
    options={"p": OptionKind.TEXT},
    parse=aliased_parser(Autoregress),
    flow=flow,
    run=run,
    source="Search Reference: autoregress",
)
