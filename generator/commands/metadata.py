"""`metadata`: lists the hosts, sources or sourcetypes of indexes with their counts and times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import OptionsCommand, given, has_macro, options_parser
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
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
    source="Search Reference: metadata",
)
