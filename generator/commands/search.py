"""`search`: fetches events, or keeps those that match; also what a search without a command at its start is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import read_term
from generator.spl.ast import Command, Term
from generator.spl.printer import print_term
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Search(Command):
    """The terms that must match."""

    term: Term

    def arguments(self) -> str:
        """Print the terms."""
        return print_term(self.term)


def parse(args: ArgReader) -> Search:
    """Read the terms."""
    term = args.terms()
    if term is None:
        raise args.expected("a search term")
    return Search(*args.head, term)


def flow(node: Search, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the compared fields; events keep all of theirs."""
    read_term(node.term, state, env)
    return state


def run(node: Search, table: Table, env: Env) -> Table:
    """Keep the rows that fit the terms."""
    return table.take(env.mask(node.term, table, "search"))


def asks(node: Search, table: Table, env: Env) -> Asked:
    """Return the terms, asked of the rows."""
    from generator.engine.explain import Asked

    return Asked(table, node.term, env)


SPEC = CommandSpec(
    name="search",
    kind=CommandKind.STREAMING,
    summary="Fetches events from indexes, or keeps the results that match.",
    syntax="search <terms>",
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    source="Search Reference: search",
)
