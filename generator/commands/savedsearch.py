"""`savedsearch`: runs a saved search; the values given replace `$name$` in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import begins
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, Field
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Savedsearch(Command):
    """`search` is the name of the saved search."""

    search: Field
    pairs: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print name and values."""
        return join_words(print_value(self.search), print_pairs(self.pairs))


def parse(args: ArgReader) -> Savedsearch:
    """Read the name and values around it."""
    before = tuple(iter(lambda: read_pair(args), None))
    search = args.field("the name of a saved search")
    return Savedsearch(*args.head, search, before + tuple(iter(lambda: read_pair(args), None)))


SPEC = CommandSpec(
    name="savedsearch",
    kind=CommandKind.GENERATING,
    summary="Runs a saved search.",
    syntax="savedsearch <name> [nosubstitution=<bool>] [<token>=<value>]...",
    aliases=("savedsplunk",),
    parse=parse,
    flow=begins,
    source="Search Reference: savedsearch",
)
