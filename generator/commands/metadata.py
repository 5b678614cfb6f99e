"""`metadata`: lists the hosts, sources or sourcetypes of indexes with their counts and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options
from generator.commands.shapes import OptionsCommand, given, has_macro, options_parser
from generator.engine.values import shown
from generator.spl.ast import Option
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.ast import Options
    from generator.spl.fields import FlowEnv

COLUMNS = frozenset({"firstTime", "lastTime", "recentTime", "totalCount", "type"})
"""The columns beside the one that names the host, source or sourcetype."""


@dataclass(frozen=True, slots=True)
class Metadata(OptionsCommand):
    """It has only options; `index` may stand several times."""


def flow(node: Metadata, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """Only these columns."""
    kind = given(node.options, "type").lower()
    if kind not in {"hosts", "sources", "sourcetypes"} or has_macro(*node.options):
        return FieldState(COLUMNS)
    return FieldState(COLUMNS | {kind.removesuffix("s")}, ("splunk_server*", "index"), open=False)


def run(node: Metadata, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Return one row a host, source or sourcetype: number of events, the times of the first, the last, the last indexed."""
    from generator.engine.column import constant, encode
    from generator.engine.groups import group
    from generator.engine.kernels import Flat, count, largest, smallest
    from generator.engine.table import Table

    kind = given_options(node.options, env, "metadata")["type"].lower()
    events = in_indexes(node.options, env.events(), env, "metadata")
    groups = group(events, [kind.removesuffix("s")])
    times = Flat(groups, events.column("_time"))
    indexed = events.find("_indextime")
    return Table(
        groups.count,
        {
            "firstTime": encode(smallest(times)),
            kind.removesuffix("s"): groups.keys[0],
            "lastTime": encode(largest(times)),
            "recentTime": encode(largest(times if indexed is None else Flat(groups, indexed))),
            "totalCount": encode(count(Flat(groups, events.column(kind.removesuffix("s"))))),
            "type": constant(kind, groups.count),
        },
    )


def in_indexes(options: Options, events: Table, env: Env, command: str) -> Table:
    """Return the events of the indexes that options `index=<name>` name (`*` for any text); all where none does."""
    from generator.engine.terms import literal_test

    names = [option.text for option in options if isinstance(option, Option) and option.name == "index"]
    if not names:
        return events
    tests = [literal_test(name) for name in names if name is not None]
    given_options(options, env, command)
    return events.take(events.column("index").test(lambda value: any(test(shown(value)) for test in tests)))


SPEC = CommandSpec(
    name="metadata",
    kind=CommandKind.GENERATING,
    summary="Lists hosts, sources or sourcetypes.",
    syntax="metadata type=hosts|sources|sourcetypes [index=<name>]... [splunk_server=<name>] [splunk_server_group=<name>]... "
    "[datatype=metric|event]",
    options={
        "type": ("hosts", "sources", "sourcetypes"),
        "index": OptionKind.TEXT,
        "splunk_server": OptionKind.TEXT,
        "splunk_server_group": OptionKind.TEXT,
        "datatype": ("metric", "event"),
    },
    parse=options_parser(Metadata, required=("type",)),
    flow=flow,
    run=run,
    source="Search Reference: metadata",
)
