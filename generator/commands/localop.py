"""`localop`: has the commands behind it run on the search head alone."""

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
class Localop(BareCommand):
    """No arguments."""


def run(node: Localop, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Change nothing: there is one place where a search runs."""
    return table


SPEC = CommandSpec(
    name="localop",
    kind=CommandKind.STREAMING,
    summary="Runs the rest on the search head.",
    syntax="localop",
    parse=bare_parser(Localop),
    flow=keeps,
    run=run,
    source="Search Reference: localop",
)
