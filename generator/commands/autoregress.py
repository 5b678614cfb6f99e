"""`autoregress`: copies values of earlier rows into each row, for moving averages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import AliasedCommand, aliased_parser, given
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
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


SPEC = CommandSpec(
    name="autoregress",
    kind=CommandKind.STREAMING,
    summary="Copies values of earlier rows for moving averages.",
    syntax="autoregress <field> [AS <name>] [p=<int>|<int>-<int>]",
    aliases=("ar",),
    options={"p": OptionKind.TEXT},
    parse=aliased_parser(Autoregress),
    flow=flow,
    source="Search Reference: autoregress",
)
