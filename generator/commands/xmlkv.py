"""`xmlkv`: extracts the elements of XML in the event (or a field) as fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import reads_and_opens
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import Value, elements, text_of
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Xmlkv(FieldsCommand):
    """At most one field (none: `_raw`)."""


_LEAF = re.compile(r"<([^\s<>/?!][^\s<>/]*+)(?:\s[^<>]*+)?>([^<]*+)</\1\s*+>")


def run(node: Xmlkv, table: Table, env: Env) -> Table:
    """Set a field for each element that holds only text (the ones that occur again become multivalues)."""
    from generator.engine.column import Column, choose
    from generator.engine.cutting import Encoder

    given_options(node.options, env, "xmlkv")
    names = names_of(node.fields, env, "xmlkv")
    source = table.column(names[0] if names else "_raw").compact()
    encoder = Encoder(len(source.values), repeats=True, keep_empty=False)
    encoder.add(0, map(_leaves, source.values))
    made = {}
    for name, found in encoder.columns().items():
        column = Column(found.dictionary, found.codes[source.codes])
        before = table.find(name)
        made[name] = column if before is None else choose(column.present, column, before)
    return table.with_columns(made)


def _leaves(cell: Value) -> tuple[tuple[str, ...], list[Value]]:
    pairs = [match.groups() for value in elements(cell) for match in _LEAF.finditer(text_of(value))]
    return tuple(name for name, _ in pairs), [text for _, text in pairs]


SPEC = CommandSpec(
    name="xmlkv",
    kind=CommandKind.STREAMING,
    summary="Extracts the elements of XML.",
    syntax="xmlkv [<field>] [maxinputs=<int>]",
    options={
        "maxinputs": OptionKind.INT,
    },
    parse=fields_parser(Xmlkv, at_most=1),
    flow=reads_and_opens,
    run=run,
    source="Search Reference: xmlkv",
)
