"""`join`: joins the results with the rows of a subsearch that have the same values in some fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import read_names
from generator.spl.ast import Command, Field, MacroCall, Name, Node, Options, Subsearch
from generator.spl.printer import join_words, print_options, print_subsearch, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_DATASET = re.compile(r"(?:datamodel|lookup|inputlookup|savedsearch):.+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JoinPair(Node):
    """`L.a = R.b` of the form with aliases."""

    left: Name
    right: Name


@dataclass(frozen=True, slots=True)
class Join(Command):
    """`right` is the subsearch, or the name of a dataset; without `fields` all common ones are compared."""

    options: Options
    fields: tuple[Field, ...]
    where: tuple[JoinPair, ...]
    right: Subsearch | Name

    def arguments(self) -> str:
        """Print options, fields, the conditions of aliased fields and the right side."""
        where = " ".join(f"{print_value(pair.left)}={print_value(pair.right)}" for pair in self.where)
        right = print_subsearch(self.right) if isinstance(self.right, Subsearch) else print_value(self.right)
        return join_words(
            print_options(self.options), print_values(self.fields), f"WHERE {where}" if where else "", right
        )


def parse(args: ArgReader) -> Join:
    """Read options and fields in any order, WHERE, and the subsearch."""
    options, fields = args.mixed(("where",))
    where: list[JoinPair] = []
    if args.keyword("where"):
        while args.peek() not in {"[", ""}:
            left = args.name_of("`<left>.<field> = <right>.<field>`")
            if not args.take("="):
                raise args.expected("`=` between the fields of the two sides")
            right = args.name_of("a field of the right side")
            where.append(JoinPair(left.start, right.end, left, right))
            args.keyword("and")
    subsearch = args.subsearch()
    if subsearch is None:
        last = fields[-1] if fields else None
        if not isinstance(last, Name) or _DATASET.fullmatch(last.text) is None:
            raise args.expected("a subsearch in brackets")
        return Join(*args.head, options, fields[:-1], tuple(where), last)
    more, after = args.mixed()
    return Join(*args.head, options + more, fields + after, tuple(where), subsearch)


def flow(node: Join, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of both sides."""
    read_names(node.fields, state, env)
    if not isinstance(node.right, Subsearch):
        return state.opened()
    right = env.subsearch(node.right.pipeline)
    read_names(node.fields, right, env)
    if any(isinstance(option, MacroCall) for option in node.options) or node.where:
        return state.merged(right).opened()
    return state.merged(right)


SPEC = CommandSpec(
    name="join",
    kind=CommandKind.DATASET,
    summary="Joins the results with the rows of a subsearch.",
    syntax="join [type=inner|outer|left] [max=<int>] [overwrite=<bool>] [usetime=<bool>] [earlier=<bool>] [return_multivalue=<bool>] [<field>...] "
    "[left=<alias> right=<alias> WHERE <left>.<field>=<right>.<field>...] [<subsearch>]",
    options={
        "type": ("inner", "outer", "left"),
        "max": OptionKind.INT,
        "overwrite": OptionKind.BOOL,
        "usetime": OptionKind.BOOL,
        "earlier": OptionKind.BOOL,
        "return_multivalue": OptionKind.BOOL,
        "left": OptionKind.TEXT,
        "right": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: join",
)
