"""`xyseries`: turns rows into a table: one row a value of the first field, one column a value of the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv


@dataclass(frozen=True, slots=True)
class Xyseries(FieldsCommand):
    """The field of the rows, the one of the columns, and those of the values."""


def flow(node: Xyseries, state: FieldState, env: FlowEnv) -> FieldState:
    """The first field is left; the columns are named by values, so they are not known."""
    read_names(node.fields, state, env)
    return FieldState(frozenset(field.text for field in node.fields[:1] if isinstance(field, Name)))


SPEC = CommandSpec(
    name="xyseries",
    kind=CommandKind.TRANSFORMING,
    summary="Turns rows into series for a chart.",
    syntax="xyseries [grouped=<bool>] <x-field> <name-field> <data-field>... [sep=<string>] [format=<string>]",
    aliases=("maketable",),
    options={"grouped": OptionKind.BOOL, "sep": OptionKind.TEXT, "format": OptionKind.TEXT},
    parse=fields_parser(Xyseries, at_least=3, what="at least three field names"),
    flow=flow,
    source="Search Reference: xyseries",
)
