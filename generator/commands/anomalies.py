"""`anomalies`: scores how unexpected each event is, by those before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.uses import read_names, read_option
from generator.spl.ast import Command, Field, Options
from generator.spl.printer import join_words, print_options, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Anomalies(Command):
    """`by` are the fields whose values are looked at apart."""

    options: Options
    by: tuple[Field, ...]

    def arguments(self) -> str:
        """Print options and BY clause."""
        return join_words(print_options(self.options), f"BY {print_values(self.by)}" if self.by else "")


def parse(args: ArgReader) -> Anomalies:
    """Read options and BY clause."""
    options = args.options()
    by: tuple[Field, ...] = ()
    if args.keyword("by"):
        by = args.fields_of("a field name after `BY`")
        options += tuple(iter(args.option, None))
    return Anomalies(*args.head, options, by)


def flow(node: Anomalies, state: FieldState, env: FlowEnv) -> FieldState:
    """The score is added."""
    read_option(node.options, "field", state, env)
    read_names(node.by, state, env)
    return state.add(("unexpectedness",))


SPEC = CommandSpec(
    name="anomalies",
    kind=CommandKind.STREAMING,
    summary="Scores how unexpected the values of a field are.",
    syntax="anomalies [threshold=<num>] [labelonly=<bool>] [normalize=<bool>] [maxvalues=<int>] [field=<field>] "
    "[denylist=<file>] [denylistthreshold=<num>] [BY <field>...]",
    options={
        "threshold": OptionKind.NUMBER,
        "labelonly": OptionKind.BOOL,
        "normalize": OptionKind.BOOL,
        "maxvalues": OptionKind.INT,
        "field": OptionKind.FIELD,
        "denylist": OptionKind.TEXT,
        "denylistthreshold": OptionKind.NUMBER,
        "blacklist": OptionKind.TEXT,
        "blacklistthreshold": OptionKind.NUMBER,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: anomalies",
)
