"""`metasearch`: finds events by their metadata and terms, and returns the metadata only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.uses import read_term
from generator.spl.ast import Command, Term
from generator.spl.fields import FieldState
from generator.spl.printer import print_term
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


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


SPEC = CommandSpec(
    name="metasearch",
    kind=CommandKind.GENERATING,
    summary="Searches index metadata.",
    syntax="metasearch [<terms>]",
    parse=parse,
    flow=flow,
    source="Search Reference: metasearch",
)
