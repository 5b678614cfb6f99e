"""`transaction`: groups events that belong together by fields, by time or by how they begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, is_on
from generator.commands.uses import read_expression, read_names, read_term
from generator.spl.ast import Expr, Option, Term
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv

MADE = ("duration", "eventcount", "closed_txn", "field_match_sum", "linecount")
"""The fields that every transaction has."""


@dataclass(frozen=True, slots=True)
class Transaction(FieldsCommand):
    """`fields` unify events; `startswith` and `endswith` hold a string, `(terms)` or `eval(expression)`."""


def flow(node: Transaction, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of the events stay; duration, number of events and the like are added."""
    read_names(node.fields, state, env)
    for option in node.options:
        if not isinstance(option, Option):
            continue
        if isinstance(option.value, Term):
            read_term(option.value, state, env)
        elif isinstance(option.value, Expr):
            read_expression(option.value, state, env)
    made = state.add(MADE)
    return made.add(("_txn_orphan",)) if is_on(node.options, "keeporphans") else made


SPEC = CommandSpec(
    name="transaction",
    kind=CommandKind.DATASET,
    summary="Groups events.",
    syntax="transaction [<field>...] [name=<name>] [maxspan=<span>] [maxpause=<span>] [maxevents=<int>] "
    '[startswith|endswith="<terms>"|(<terms>)|eval(<expression>)] [connected=<bool>] [unifyends=<bool>] '
    "[keeporphans=<bool>] [maxopentxn=<int>] [maxopenevents=<int>] [keepevicted=<bool>] [delim=<string>] "
    "[mvlist=<bool>|<fields>] [nullstr=<string>] [mvraw=<bool>]",
    options={
        "name": OptionKind.TEXT,
        "fields": OptionKind.TEXT,
        "maxspan": OptionKind.SPAN,
        "maxpause": OptionKind.SPAN,
        "maxevents": OptionKind.INT,
        "startswith": OptionKind.FILTER,
        "endswith": OptionKind.FILTER,
        "connected": OptionKind.BOOL,
        "unifyends": OptionKind.BOOL,
        "keeporphans": OptionKind.BOOL,
        "maxopentxn": OptionKind.INT,
        "maxopenevents": OptionKind.INT,
        "keepevicted": OptionKind.BOOL,
        "delim": OptionKind.TEXT,
        "mvlist": OptionKind.TEXT,
        "nullstr": OptionKind.TEXT,
        "mvraw": OptionKind.BOOL,
    },
    aliases=("transam",),
    parse=fields_parser(Transaction),
    flow=flow,
    source="Search Reference: transaction",
)
