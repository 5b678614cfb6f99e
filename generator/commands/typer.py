"""`typer`: adds the event types that each event matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import adds
from generator.commands.grouping import given_options
from generator.commands.shapes import OptionsCommand, options_parser
from generator.engine.values import multivalue
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value


@dataclass(frozen=True, slots=True)
class Typer(OptionsCommand):
    """It has only options."""


def run(node: Typer, table: Table, env: Env) -> Table:
    """Add the names of the event types that each row fits; rows from an index have them already.

    Raises:
        UnsupportedSpl: an option.
    """
    from generator.engine.column import encode

    if given_options(node.options, env, "typer"):
        raise env.unsupported("the options of `typer`", node)
    if "eventtype" in table or not table.length:
        return table
    cells: list[list[str]] = [[] for _ in range(table.length)]
    for eventtype in env.knowledge.eventtypes:
        term = env.parse_terms(env.expand(eventtype.search), "typer", node)
        for row in env.mask(term, table, "typer").nonzero()[0].tolist():
            cells[row].append(eventtype.name)
    values: list[Value] = [multivalue(own) for own in cells]
    return table.with_columns({"eventtype": encode(values)})


SPEC = CommandSpec(
    name="typer",
    kind=CommandKind.STREAMING,
    summary="Adds the event types of events.",
    syntax="typer [eventtypes=<string>] [maxlen=<int>]",
    options={
        "eventtypes": OptionKind.TEXT,
        "maxlen": OptionKind.INT,
    },
    parse=options_parser(Typer),
    flow=adds("eventtype"),
    run=run,
    source="Search Reference: typer",
)
