"""`addcoltotals`: adds a row with the sum of each numeric field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.addtotals import summed, with_sums
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser, given
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Addcoltotals(FieldsCommand):
    """Without fields it sums all numeric ones; wildcards allowed."""


def flow(node: Addcoltotals, state: FieldState, env: FlowEnv) -> FieldState:
    """The label is added; a field that is absent counts nothing."""
    read_names(node.fields, state, env, optional=True)
    label = given(node.options, "labelfield")
    return state.add((label,)) if label else state


def run(node: Addcoltotals, table: Table, env: Env) -> Table:
    """Add a row with the sum of each column of numbers."""
    options = given_options(node.options, env, "addcoltotals")
    listed = summed(names_of(node.fields, env, "addcoltotals"), table)
    return with_sums(table, listed, options.get("labelfield"), options.get("label", "Total"))


SPEC = CommandSpec(
    name="addcoltotals",
    kind=CommandKind.TRANSFORMING,
    summary="Adds a row with the sum of each column.",
    syntax="addcoltotals [labelfield=<field>] [label=<string>] [<field>...]",
    options={"labelfield": OptionKind.FIELD, "label": OptionKind.TEXT},
    parse=fields_parser(Addcoltotals),
    flow=flow,
    run=run,
    source="Search Reference: addcoltotals",
)
