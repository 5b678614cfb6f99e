"""`apply`: adds what a machine-learning model says of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import opens
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, Field
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Apply(Command):
    """`model` may begin with `app:`; `alias` names the prediction."""

    model: Field
    alias: Field | None
    params: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print model, alias and options."""
        alias = f"AS {print_value(self.alias)}" if self.alias is not None else ""
        return join_words(print_value(self.model), alias, print_pairs(self.params))


def parse(args: ArgReader) -> Apply:
    """Read the model, then AS and options in any order."""
    model = args.field("the name of a model")
    alias: Field | None = None
    params: list[Pair] = []
    while not args.at_end():
        pair = read_pair(args)
        if pair is not None:
            params.append(pair)
        elif args.keyword("as"):
            alias = args.field("a field name after `AS`")
        else:
            break
    return Apply(*args.head, model, alias, tuple(params))


SPEC = CommandSpec(
    name="apply",
    kind=CommandKind.STREAMING,
    summary="Applies a machine-learning model.",
    syntax="apply <model> [AS <name>] [<param>=<value>]...",
    parse=parse,
    flow=opens,
    source="Machine Learning Toolkit User Guide: apply",
    app="Splunk Machine Learning Toolkit",
)
