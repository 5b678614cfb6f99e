"""`tail`: keeps the last results, in reverse order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import whole_number
from generator.spl.ast import Command, Name
from generator.spl.printer import print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Tail(Command):
    """`limit` is the number of results (None = 10)."""

    limit: Name | None

    def arguments(self) -> str:
        """Print the number."""
        return print_value(self.limit) if self.limit is not None else ""


def parse(args: ArgReader) -> Tail:
    """Read the number."""
    limit = args.name_or_none()
    if limit is not None and not limit.text.isdecimal() and "$" not in limit.text:
        raise args.error("expected", f"expected a number of results, found `{limit.text}`", limit.start, limit.end)
    return Tail(*args.head, limit)


def flow(node: Tail, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """Keep the fields."""
    return state


def run(node: Tail, table: Table, env: Env) -> Table:
    """Keep the last rows, the last one first."""
    import numpy as np

    count = whole_number(node.limit.text if node.limit is not None else None, 10, env, "tail", node)
    return table.take(np.arange(table.length)[::-1][:count])


SPEC = CommandSpec(
    name="tail",
    kind=CommandKind.DATASET,
    summary="Keeps the last results, in reverse order.",
    syntax="tail [<int>]",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: tail",
)
