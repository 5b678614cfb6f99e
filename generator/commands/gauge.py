"""`gauge`: prepares a number and its ranges for a gauge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_names
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")


@dataclass(frozen=True, slots=True)
class Gauge(FieldsCommand):
    """The value and the limits of the ranges: fields or numbers."""


def flow(node: Gauge, state: FieldState, env: FlowEnv) -> FieldState:
    """The value in `x` and the limits in `y1`, `y2`, ... are left."""
    read_names((f for f in node.fields if not isinstance(f, Name) or _NUMBER.fullmatch(f.text) is None), state, env)
    return state.only(("x",), command="gauge", offset=node.start, patterns=("y*",))


SPEC = CommandSpec(
    name="gauge",
    kind=CommandKind.TRANSFORMING,
    summary="Prepares a number for a gauge.",
    syntax="gauge <field>|<num> [<field>|<num>]...",
    parse=fields_parser(Gauge, at_least=1, what="a field name or a number"),
    flow=flow,
    source="Search Reference: gauge",
)
