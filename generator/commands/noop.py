"""`noop`: does nothing but set log levels and switches of the search itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import keeps
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Noop(Command):
    """The switches, whose names may hold dots."""

    pairs: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print the switches."""
        return print_pairs(self.pairs)


def parse(args: ArgReader) -> Noop:
    """Read the switches."""
    return Noop(*args.head, tuple(iter(lambda: read_pair(args), None)))


def run(node: Noop, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Change nothing."""
    return table


SPEC = CommandSpec(
    name="noop",
    kind=CommandKind.STREAMING,
    summary="Does nothing but set search hints.",
    syntax="noop [log_<level>=<channels>] [set_ttl=<span>] [search_optimization[.<name>]=<bool>]...",
    parse=parse,
    flow=keeps,
    run=run,
    source="Search Reference: noop",
)
