"""`require`: fails the search when there are no results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Require(BareCommand):
    """No arguments."""


def run(node: Require, table: Table, env: Env) -> Table:
    """Let the rows through.

    Raises:
        SearchError: there are none.
    """
    if not table.length:
        raise env.error("require", "The search produced no results", node)
    return table


SPEC = CommandSpec(
    name="require",
    kind=CommandKind.STREAMING,
    summary="Fails the search when there are no results.",
    syntax="require",
    parse=bare_parser(Require),
    flow=keeps,
    run=run,
    source="Search Reference: require",
)
