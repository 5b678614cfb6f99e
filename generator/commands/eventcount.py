"""`eventcount`: counts the events of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import begins
from generator.commands.grouping import flag
from generator.commands.metadata import in_indexes
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Eventcount(OptionsCommand):
    """It has only options; `index` may stand several times."""


def run(node: Eventcount, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Return the number of events; with `summarize=false` one row an index. The time range does not matter."""
    from generator.engine.column import constant, encode
    from generator.engine.groups import group
    from generator.engine.kernels import Flat, count
    from generator.engine.table import Table

    events = in_indexes(node.options, env.events() if env.all_events is None else env.all_events(), env, "eventcount")
    if flag(node.options, "report_size", env, "eventcount"):
        raise env.unsupported("the option `report_size` of `eventcount`", node)
    if flag(node.options, "summarize", env, "eventcount", default=True):
        return Table(1, {"count": constant(events.length, 1)})
    groups = group(events, ["index"])
    counts = encode(count(Flat(groups, events.column("index"))))
    return Table(
        groups.count, {"count": counts, "index": groups.keys[0], "server": constant("localhost", groups.count)}
    )


SPEC = CommandSpec(
    name="eventcount",
    kind=CommandKind.GENERATING,
    summary="Counts the events of indexes.",
    syntax="eventcount [index=<name>]... [summarize=<bool>] [report_size=<bool>] [list_vix=<bool>] [list_federated_remote=<bool>]",
    options={
        "index": OptionKind.TEXT,
        "summarize": OptionKind.BOOL,
        "report_size": OptionKind.BOOL,
        "list_vix": OptionKind.BOOL,
        "list_federated_remote": OptionKind.BOOL,
    },
    parse=options_parser(Eventcount),
    flow=begins,
    run=run,
    source="Search Reference: eventcount",
)
