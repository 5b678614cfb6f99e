"""`sample`: keeps a random sample of the events, or parts them at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import given
from generator.commands.uses import read_names, read_option
from generator.spl.ast import Command, Field, Name, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Sample(Command):
    """`size` is a number of events or a share of them, where it is written without a name."""

    options: Options
    size: Name | None
    inverse: bool
    by: Field | None

    def arguments(self) -> str:
        """Print options, size, `inverse` and the BY clause."""
        size = print_value(self.size) if self.size is not None else ""
        by = f"BY {print_value(self.by)}" if self.by is not None else ""
        return join_words(print_options(self.options), size, "inverse" if self.inverse else "", by)


def parse(args: ArgReader) -> Sample:
    """Read options, size and words, in any order."""
    options: Options = ()
    size: Name | None = None
    inverse = False
    by: Field | None = None
    while not args.at_end():
        if more := args.options():
            options += more
        elif args.keyword("inverse"):
            inverse = True
        elif args.keyword("by"):
            by = args.field("a field name after `BY`")
        elif size is None:
            size = args.string("the number or share of events")
        else:
            break
    return Sample(*args.head, options, size, inverse, by)


def flow(node: Sample, state: FieldState, env: FlowEnv) -> FieldState:
    """The number of the part is added where the events are parted."""
    read_option(node.options, "proportional", state, env)
    if node.by is not None:
        read_names((node.by,), state, env)
    if given(node.options, "partitions"):
        return state.add((given(node.options, "fieldname", "partition_number"),))
    return state


SPEC = CommandSpec(
    name="sample",
    kind=CommandKind.STREAMING,
    summary="Keeps a random sample.",
    syntax="sample [ratio=<num>|count=<int>|proportional=<field>|partitions=<int> [fieldname=<name>]|<num>] [seed=<int>] "
    "[inverse] [BY <field>]",
    options={
        "ratio": OptionKind.NUMBER,
        "count": OptionKind.INT,
        "proportional": OptionKind.FIELD,
        "partitions": OptionKind.INT,
        "fieldname": OptionKind.FIELD,
        "seed": OptionKind.INT,
    },
    parse=parse,
    flow=flow,
    source="Machine Learning Toolkit User Guide: sample",
    app="Splunk Machine Learning Toolkit",
)
