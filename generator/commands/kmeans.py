"""`kmeans`: groups rows by the distance of their numeric fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, given, is_on
from generator.commands.uses import read_names
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Kmeans(FieldsCommand):
    """Without fields it takes all numeric ones; `k` is a number of groups or a range of such."""


def flow(node: Kmeans, state: FieldState, env: FlowEnv) -> FieldState:
    """The number of the group is added, and (unless that is turned off) its centre; a range gives a table of its own."""
    read_names(node.fields, state, env)
    if "-" in given(node.options, "k"):
        return state.opened()
    state = state.add((given(node.options, "cfield", "CLUSTERNUM"),))
    return state.add_patterns(("centroid_*",)) if is_on(node.options, "showcentroid", default=True) else state


SPEC = CommandSpec(
    name="kmeans",
    kind=CommandKind.TRANSFORMING,
    summary="Clusters rows by numeric fields.",
    syntax="kmeans [reps=<int>] [maxiters=<int>] [t=<num>] [k=<int>|<int>-<int>] [cfield=<name>] [dt=<distance>] "
    "[showcentroid=<bool>] [<field>...]",
    options={
        "reps": OptionKind.INT,
        "maxiters": OptionKind.INT,
        "t": OptionKind.NUMBER,
        "k": OptionKind.TEXT,
        "cfield": OptionKind.FIELD,
        "dt": ("l1", "l1norm", "cityblock", "cb", "l2", "l2norm", "sq", "sqeuclidean", "cos", "cosine"),
        "showcentroid": OptionKind.BOOL,
    },
    parse=fields_parser(Kmeans),
    flow=flow,
    source="Search Reference: kmeans",
)
