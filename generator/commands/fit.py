"""`fit`: trains a machine-learning model on the rows and adds what it says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, MacroCall, Name
from generator.spl.printer import join_words, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_WORDS = frozenset({"from", "by", "into", "as"})


@dataclass(frozen=True, slots=True)
class Fit(Command):
    """`fields` is what is predicted (or all fields, for algorithms without a target), `features` those behind FROM.

    `by` holds the fields of `by "a,b"` as written. `params` are the algorithm's options, whose names it defines.
    """

    algorithm: Field
    fields: tuple[Field, ...]
    features: tuple[Field, ...]
    by: tuple[Field, ...]
    model: Field | None
    alias: Field | None
    params: tuple[Pair | MacroCall, ...]

    def arguments(self) -> str:
        """Print the clauses in the documented order."""
        pairs = " ".join(print_value(p) if isinstance(p, MacroCall) else print_pairs((p,)) for p in self.params)
        return join_words(
            print_value(self.algorithm),
            print_values(self.fields),
            f"FROM {print_values(self.features)}" if self.features else "",
            f"BY {print_values(self.by)}" if self.by else "",
            f"INTO {print_value(self.model)}" if self.model is not None else "",
            f"AS {print_value(self.alias)}" if self.alias is not None else "",
            pairs,
        )


def parse(args: ArgReader) -> Fit:
    """Read the algorithm, then fields, clauses and options in any order."""
    algorithm = args.field("the name of an algorithm")
    fields: tuple[Field, ...] = ()
    features: tuple[Field, ...] = ()
    by: tuple[Field, ...] = ()
    model: Field | None = None
    alias: Field | None = None
    params: list[Pair | MacroCall] = []
    while not args.at_end():
        pair = read_pair(args)
        if pair is not None:
            params.append(pair)
            continue
        word = args.keyword(*_WORDS)
        if word == "from":
            features += args.fields_of("a field name after `FROM`", _WORDS)
        elif word == "by":
            by += args.fields_of("a field name after `BY`", _WORDS)
        elif word == "into":
            model = args.field("the name of a model after `INTO`")
        elif word == "as":
            alias = args.field("a field name after `AS`")
        else:
            found = args.fields(_WORDS)
            if not found:
                break
            fields += found
    return Fit(*args.head, algorithm, fields, features, by, model, alias, tuple(params))


def flow(node: Fit, state: FieldState, env: FlowEnv) -> FieldState:
    """Fields, features and BY fields are read; the algorithm adds fields with names of its own."""
    read_names((*node.fields, *node.features), state, env)
    for field in node.by:
        if not isinstance(field, Name):
            continue
        for name in filter(None, (part.strip() for part in field.text.split(","))):
            env.use(name, field.start, field.end, state)
    return state.opened()


SPEC = CommandSpec(
    name="fit",
    kind=CommandKind.DATASET,
    summary="Trains a machine-learning model.",
    syntax='fit <algorithm> <field>... [FROM <field>...] [BY "<field>[,<field>]..."] [INTO <model>] [AS <name>] [<param>=<value>]...',
    parse=parse,
    flow=flow,
    source="Machine Learning Toolkit User Guide: fit",
    app="Splunk Machine Learning Toolkit",
)
