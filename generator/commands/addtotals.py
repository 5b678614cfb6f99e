"""`addtotals`: adds to each row the sum of its numeric fields, and at the end (with `col=true`) a row of sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, given, is_on
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Addtotals(FieldsCommand):
    """Without fields it sums all numeric ones; wildcards allowed."""


def flow(node: Addtotals, state: FieldState, env: FlowEnv) -> FieldState:
    """The sum and the label are added; a field that is absent counts nothing."""
    read_names(node.fields, state, env, optional=True)
    if is_on(node.options, "row", default=True):
        state = state.add((given(node.options, "fieldname", "Total"),))
    label = given(node.options, "labelfield")
    return state.add((label,)) if label and is_on(node.options, "col") else state


SPEC = CommandSpec(
    name="addtotals",
    kind=CommandKind.STREAMING,
    summary="Adds the sum of the numeric fields of each row.",
    syntax="addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<string>] [fieldname=<name>] [<field>...]",
    options={
        "row": OptionKind.BOOL,
        "col": OptionKind.BOOL,
        "labelfield": OptionKind.FIELD,
        "label": OptionKind.TEXT,
        "fieldname": OptionKind.FIELD,
    },
    parse=fields_parser(Addtotals),
    flow=flow,
    source="Search Reference: addtotals",
)
