"""`fieldsummary`: makes one row a field with statistics of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv

COLUMNS = (
    "field",
    "count",
    "distinct_count",
    "is_exact",
    "max",
    "mean",
    "min",
    "numeric_count",
    "stdev",
    "values",
)
"""What is said of each field."""


@dataclass(frozen=True, slots=True)
class Fieldsummary(FieldsCommand):
    """Without fields it looks at all of them; wildcards allowed."""


def flow(node: Fieldsummary, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the statistics are left."""
    read_names(node.fields, state, env, optional=True)
    return state.only(COLUMNS, command="fieldsummary", offset=node.start)


SPEC = CommandSpec(
    name="fieldsummary",
    kind=CommandKind.TRANSFORMING,
    summary="Summarises each field's values.",
    syntax="fieldsummary [maxvals=<int>] [<field>...]",
    options={"maxvals": OptionKind.INT},
    parse=fields_parser(Fieldsummary),
    flow=flow,
    source="Search Reference: fieldsummary",
)
