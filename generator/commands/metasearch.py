"""`metasearch`: finds events by their metadata and terms, and returns the metadata only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import read_term
from generator.spl.ast import Command, Term
from generator.spl.fields import FieldState
from generator.spl.printer import print_term
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_SHOWN = ("_time", "host", "index", "source", "sourcetype", "splunk_server")


@dataclass(frozen=True, slots=True)
class Metasearch(Command):
    """The search terms, or None for all events."""

    term: Term | None

    def arguments(self) -> str:
        """Print the terms."""
        return print_term(self.term) if self.term is not None else ""


def parse(args: ArgReader) -> Metasearch:
    """Read the terms."""
    return Metasearch(*args.head, args.terms())


def flow(node: Metasearch, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """Events with indexed fields come."""
    read_term(node.term, FieldState(), env)
    return FieldState()


def run(node: Metasearch, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Return the events that fit, with what the index knows of them beside the raw text."""
    events = env.events()
    if node.term is not None:
        events = events.take(env.mask(node.term, events, "metasearch"))
    return events.keep(_SHOWN)


SPEC = CommandSpec(
    name="metasearch",
    kind=CommandKind.GENERATING,
    summary="Searches index metadata.",
    syntax="metasearch [<terms>]",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: metasearch",
)
