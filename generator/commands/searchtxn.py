"""`searchtxn`: finds the events of transactions that have an event which matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.uses import read_term
from generator.spl.ast import Command, Field, Options, Term
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_term, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Searchtxn(Command):
    """`transaction` is the name of a transaction type."""

    transaction: Field
    options: Options
    term: Term

    def arguments(self) -> str:
        """Print name, options and terms."""
        return join_words(print_value(self.transaction), print_options(self.options), print_term(self.term))


def parse(args: ArgReader) -> Searchtxn:
    """Read the name, options and terms."""
    transaction = args.field("the name of a transaction type")
    options = tuple(iter(args.option, None))
    term = args.terms()
    if term is None:
        raise args.expected("search terms")
    return Searchtxn(*args.head, transaction, options, term)


def flow(node: Searchtxn, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """Events come."""
    read_term(node.term, FieldState(), env)
    return FieldState()


SPEC = CommandSpec(
    name="searchtxn",
    kind=CommandKind.GENERATING,
    summary="Finds transactions.",
    syntax="searchtxn <transaction-type> [max_terms=<int>] [use_disjunct=<bool>] [eventsonly=<bool>] <terms>",
    options={"max_terms": OptionKind.INT, "use_disjunct": OptionKind.BOOL, "eventsonly": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    source="Search Reference: searchtxn",
)
