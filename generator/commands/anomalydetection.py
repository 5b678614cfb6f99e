"""`anomalydetection`: finds unusual events by the probability of their values, by their z-score or by quartiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.outlier import without_outliers
from generator.commands.shapes import FieldsCommand, fields_parser, given, has_macro
from generator.commands.uses import read_names
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv

HISTOGRAM = ("log_event_prob", "probable_cause", "probable_cause_freq", "max_freq")
"""The fields that tell how unusual an event is, of the default method."""


@dataclass(frozen=True, slots=True)
class Anomalydetection(FieldsCommand):
    """Without fields it looks at all of them."""


def flow(node: Anomalydetection, state: FieldState, env: FlowEnv) -> FieldState:
    """A summary has fields of its own; else what tells how unusual an event is is added."""
    read_names(node.fields, state, env)
    if given(node.options, "action").lower() == "summary":
        return FieldState()
    if has_macro(*node.options, *node.fields):
        return state.opened()
    method = given(node.options, "method", "histogram").lower()
    if method == "histogram":
        return state.add(HISTOGRAM)
    return state.add_patterns(("Anomaly_Score_*",)) if method == "zscore" else state


def run(node: Anomalydetection, table: Table, env: Env) -> Table:
    """With `method=iqr` do what `outlier` does.

    Raises:
        UnsupportedSpl: another method, whose probabilities are not documented.
    """
    options = given_options(node.options, env, "anomalydetection")
    method = options.get("method", "histogram").lower()
    if method != "iqr":
        raise env.unsupported(f"`method={method}` of `anomalydetection`", node)
    return without_outliers(node, table, env, options, names_of(node.fields, env, "anomalydetection"))


SPEC = CommandSpec(
    name="anomalydetection",
    kind=CommandKind.TRANSFORMING,
    summary="Finds unusual events by the probability of their values.",
    syntax="anomalydetection [method=histogram|zscore|iqr] [action=filter|annotate|summary|remove|transform] "
    "[pthresh=<num>] [cutoff=<bool>] [<option of anomalousvalue or outlier>]... [<field>...]",
    options={
        "method": ("histogram", "zscore", "iqr"),
        "action": ("filter", "annotate", "summary", "remove", "rm", "transform", "tf"),
        "pthresh": OptionKind.NUMBER,
        "cutoff": OptionKind.BOOL,
        "maxanofreq": OptionKind.NUMBER,
        "minnormfreq": OptionKind.NUMBER,
        "minsupcount": OptionKind.INT,
        "minsupfreq": OptionKind.NUMBER,
        "param": OptionKind.NUMBER,
        "uselower": OptionKind.BOOL,
        "mark": OptionKind.BOOL,
    },
    parse=fields_parser(Anomalydetection),
    flow=flow,
    run=run,
    source="Search Reference: anomalydetection",
)
