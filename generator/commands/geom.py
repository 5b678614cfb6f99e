"""`geom`: adds the outline of each map feature, for choropleth maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Geom(FieldsCommand):
    """`fields` holds the name of the feature collection, where it is given."""


def flow(node: Geom, state: FieldState, env: FlowEnv) -> FieldState:
    """The outline is added."""
    read_option(node.options, "featureidfield", state, env)
    return state.add(("geom", "featureCollection"))


SPEC = CommandSpec(
    name="geom",
    kind=CommandKind.STREAMING,
    summary="Adds the outline of map features.",
    syntax="geom [<feature-collection>] [allFeatures=<bool>] [featureIdField=<field>] [gen=<num>] [min_x=<num>] [min_y=<num>] "
    "[max_x=<num>] [max_y=<num>]",
    options={
        "allfeatures": OptionKind.BOOL,
        "featureidfield": OptionKind.FIELD,
        "gen": OptionKind.NUMBER,
        "min_x": OptionKind.NUMBER,
        "min_y": OptionKind.NUMBER,
        "max_x": OptionKind.NUMBER,
        "max_y": OptionKind.NUMBER,
    },
    parse=fields_parser(Geom, at_most=1),
    flow=flow,
    source="Search Reference: geom",
)
