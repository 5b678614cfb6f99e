"""`score`: measures how well predicted values fit the actual ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_AGAINST = frozenset({"against", "~"})


@dataclass(frozen=True, slots=True)
class Score(Command):
    """`method` is the name of a measure, `against` the predicted fields."""

    method: Field
    fields: tuple[Field, ...]
    against: tuple[Field, ...]
    params: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print measure, fields and options."""
        against = f"against {print_values(self.against, ' ')}" if self.against else ""
        return join_words(print_value(self.method), print_values(self.fields, " "), against, print_pairs(self.params))


def parse(args: ArgReader) -> Score:
    """Read the measure, then fields and options."""
    method = args.field("the name of a measure")
    fields: tuple[Field, ...] = ()
    against: tuple[Field, ...] = ()
    params: list[Pair] = []
    second = False
    while not args.at_end():
        pair = read_pair(args)
        if pair is not None:
            params.append(pair)
            continue
        if not second and (args.keyword("against") or args.take("~")):
            second = True
            continue
        found = args.fields(_AGAINST)
        if not found:
            break
        if second:
            against += found
        else:
            fields += found
    if second and not against:
        raise args.expected("a field name after `against`")
    return Score(*args.head, method, fields, against, tuple(params))


def flow(node: Score, state: FieldState, env: FlowEnv) -> FieldState:
    """The measure's own table is left."""
    read_names((*node.fields, *node.against), state, env)
    return FieldState()


SPEC = CommandSpec(
    name="score",
    kind=CommandKind.DATASET,
    summary="Measures a model.",
    syntax="score <measure> <field>... [against <field>...] [<param>=<value>]...",
    parse=parse,
    flow=flow,
    source="Machine Learning Toolkit User Guide: score",
    app="Splunk Machine Learning Toolkit",
)
