"""`pivot`: runs a pivot over a dataset of a data model.

What follows the dataset (`SPLITROW`, `SPLITCOL`, `FILTER`, ...) has a language of its own and is kept as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import begins
from generator.spl.ast import Command, Field
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Pivot(Command):
    """Data model, dataset, and the elements of the pivot."""

    model: Field
    dataset: Field
    elements: str

    def arguments(self) -> str:
        """Print model, dataset and elements."""
        return join_words(print_value(self.model), print_value(self.dataset), self.elements)


def parse(args: ArgReader) -> Pivot:
    """Read model and dataset; the rest is kept."""
    model = args.field("the name of a data model")
    dataset = args.field("the name of a dataset")
    if args.at_end():
        raise args.expected("an element of the pivot, such as `count(<dataset>)`")
    return Pivot(*args.head, model, dataset, args.rest())


SPEC = CommandSpec(
    name="pivot",
    kind=CommandKind.GENERATING,
    summary="Runs a pivot over a data model.",
    syntax="pivot <model> <dataset> <element>...",
    parse=parse,
    flow=begins,
    source="Search Reference: pivot",
)
