"""`geostats`: aggregates over squares of a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.grouping import Grouped, read_grouped, uses_of
from generator.commands.shapes import given
from generator.commands.uses import output_names, read_option
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Geostats(Grouped):
    """The values of the BY field become columns."""


def parse(args: ArgReader) -> Geostats:
    """Read options, aggregations and BY clause."""
    return Geostats(*args.head, *read_grouped(args))


def flow(node: Geostats, state: FieldState, env: FlowEnv) -> FieldState:
    """The squares and the results are left, and fields for drawing whose names are not documented."""
    uses_of(node, state, env)
    read_option(node.options, "latfield", state, env)
    read_option(node.options, "longfield", state, env)
    names = set() if node.by else output_names(node.aggregations, state)[0]
    place = (given(node.options, "outputlatfield", "latitude"), given(node.options, "outputlongfield", "longitude"))
    return FieldState(frozenset({"geobin", *place, *names}))


SPEC = CommandSpec(
    name="geostats",
    kind=CommandKind.TRANSFORMING,
    summary="Aggregates by place on a map.",
    syntax="geostats [translatetoxy=<bool>] [latfield=<field>] [longfield=<field>] [outputlatfield=<name>] "
    "[outputlongfield=<name>] [globallimit=<int>] [locallimit=<int>] [binspanlat=<num> binspanlong=<num>] "
    "[maxzoomlevel=<int>] <aggregation> [AS <name>]... [BY <field>]",
    options={
        "translatetoxy": OptionKind.BOOL,
        "latfield": OptionKind.FIELD,
        "longfield": OptionKind.FIELD,
        "outputlatfield": OptionKind.FIELD,
        "outputlongfield": OptionKind.FIELD,
        "globallimit": OptionKind.INT,
        "locallimit": OptionKind.INT,
        "binspanlat": OptionKind.NUMBER,
        "binspanlong": OptionKind.NUMBER,
        "maxzoomlevel": OptionKind.INT,
    },
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: geostats",
)
