"""`reverse`: reverses the order of the results."""

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
class Reverse(BareCommand):
    """No arguments."""


def run(node: Reverse, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Turn the order round."""
    import numpy as np

    return table.take(np.arange(table.length)[::-1])


SPEC = CommandSpec(
    name="reverse",
    kind=CommandKind.DATASET,
    summary="Reverses the order.",
    syntax="reverse",
    parse=bare_parser(Reverse),
    flow=keeps,
    run=run,
    source="Search Reference: reverse",
)
