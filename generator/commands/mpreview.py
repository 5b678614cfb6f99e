"""`mpreview`: returns single data points of metric indexes."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Mpreview(OptionsCommand):
    """It has only options; `index` may stand several times."""


SPEC = CommandSpec(
    name="mpreview",
    kind=CommandKind.GENERATING,
    summary="Shows raw metric data points.",
    syntax="mpreview [filter=<string>] [index=<name>]... [splunk_server=<name>] [splunk_server_group=<name>]... [earliest=<time>] [latest=<time>] [chunk_size=<int>] [target_per_timeseries=<int>]",
    aliases=("msearch",),
    options={
        "filter": OptionKind.TEXT,
        "index": OptionKind.TEXT,
        "splunk_server": OptionKind.TEXT,
        "splunk_server_group": OptionKind.TEXT,
        "earliest": OptionKind.TEXT,
        "latest": OptionKind.TEXT,
        "chunk_size": OptionKind.INT,
        "target_per_timeseries": OptionKind.INT,
    },
    parse=options_parser(Mpreview),
    flow=begins,
    source="Search Reference: mpreview",
)
