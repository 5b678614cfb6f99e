"""`uniq`: removes each result that is the same as the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.engine.values import shown
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Uniq(BareCommand):
    """No arguments."""


def run(node: Uniq, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Keep rows that differ in some field from the one before."""
    import numpy as np

    keep = np.ones(table.length, np.bool_)
    before: dict[str, str] | None = None
    for number, row in enumerate(table.rows()):
        texts = {name: shown(value) for name, value in row.items()}
        keep[number] = texts != before
        before = texts
    return table.take(keep)


SPEC = CommandSpec(
    name="uniq",
    kind=CommandKind.STREAMING,
    summary="Removes repeated neighbours.",
    syntax="uniq",
    parse=bare_parser(Uniq),
    flow=keeps,
    run=run,
    source="Search Reference: uniq",
)
