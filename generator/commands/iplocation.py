"""`iplocation`: adds the place of an IP address from a geographic database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, given, has_macro, is_on
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv

PLACE = ("City", "Country", "Region", "lat", "lon")
"""The fields that are always added."""

MORE = ("Continent", "MetroCode", "Timezone")
"""Those that `allfields=true` adds."""


@dataclass(frozen=True, slots=True)
class Iplocation(FieldsCommand):
    """One field with an address."""


def flow(node: Iplocation, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of the place are added, with the prefix before their names."""
    read_names(node.fields, state, env)
    if has_macro(*node.options):
        return state.opened()
    prefix = given(node.options, "prefix")
    names = PLACE + MORE if is_on(node.options, "allfields") else PLACE
    return state.add(prefix + name for name in names)


SPEC = CommandSpec(
    name="iplocation",
    kind=CommandKind.STREAMING,
    summary="Adds the place of an IP address.",
    syntax="iplocation [prefix=<string>] [allfields=<bool>] [lang=<string>] <field>",
    options={"prefix": OptionKind.TEXT, "allfields": OptionKind.BOOL, "lang": OptionKind.TEXT},
    parse=fields_parser(Iplocation, at_least=1, at_most=1),
    flow=flow,
    source="Search Reference: iplocation",
)
