"""`anomalousvalue`: finds values that are unusual by how often they occur or how far they lie from the mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import FieldsCommand, fields_parser, given
from generator.commands.uses import read_names
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv


@dataclass(frozen=True, slots=True)
class Anomalousvalue(FieldsCommand):
    """Without fields it looks at all of them."""


def flow(node: Anomalousvalue, state: FieldState, env: FlowEnv) -> FieldState:
    """A summary has fields of its own; else scores are added."""
    read_names(node.fields, state, env)
    if given(node.options, "action").lower() == "summary":
        return FieldState()
    return state.add_patterns(("Anomaly_Score_*",))


SPEC = CommandSpec(
    name="anomalousvalue",
    kind=CommandKind.TRANSFORMING,
    summary="Finds values that are unusual by frequency or deviation.",
    syntax="anomalousvalue [minsupcount=<int>] [maxanofreq=<num>] [minsupfreq=<num>] [minnormfreq=<num>] "
    "[action=annotate|filter|summary] [pthresh=<num>] [<field>...]",
    options={
        "minsupcount": OptionKind.INT,
        "maxanofreq": OptionKind.NUMBER,
        "minsupfreq": OptionKind.NUMBER,
        "minnormfreq": OptionKind.NUMBER,
        "action": ("annotate", "filter", "summary"),
        "pthresh": OptionKind.NUMBER,
    },
    parse=fields_parser(Anomalousvalue),
    flow=flow,
    source="Search Reference: anomalousvalue",
)
