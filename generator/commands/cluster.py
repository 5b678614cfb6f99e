"""`cluster`: groups events by how similar their texts are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import OptionsCommand, given, is_on, options_parser
from generator.commands.uses import read_option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Cluster(OptionsCommand):
    """It has only options."""


def flow(node: Cluster, state: FieldState, env: FlowEnv) -> FieldState:
    """The number of the group is added, and its size where that is asked for."""
    read_option(node.options, "field", state, env)
    state = state.add((given(node.options, "labelfield", "cluster_label"),))
    if is_on(node.options, "showcount"):
        return state.add((given(node.options, "countfield", "cluster_count"),))
    return state


SPEC = CommandSpec(
    name="cluster",
    kind=CommandKind.DATASET,
    summary="Groups similar events.",
    syntax="cluster [t=<num>] [delims=<string>] [showcount=<bool>] [countfield=<name>] [labelfield=<name>] [field=<field>] "
    "[labelonly=<bool>] [match=termlist|termset|ngramset]",
    aliases=("slc",),
    options={
        "t": OptionKind.NUMBER,
        "delims": OptionKind.TEXT,
        "showcount": OptionKind.BOOL,
        "countfield": OptionKind.FIELD,
        "labelfield": OptionKind.FIELD,
        "field": OptionKind.FIELD,
        "labelonly": OptionKind.BOOL,
        "match": ("termlist", "termset", "ngramset"),
    },
    parse=options_parser(Cluster),
    flow=flow,
    source="Search Reference: cluster",
)
