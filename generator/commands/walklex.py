"""`walklex`: lists the terms of the index buckets."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Walklex(OptionsCommand):
    """It has only options; `index` may stand several times."""


SPEC = CommandSpec(
    name="walklex",
    kind=CommandKind.GENERATING,
    summary="Lists the terms of index buckets.",
    syntax="walklex [type=all|field|fieldvalue|term] [prefix=<string>|pattern=<string>] [index=<name>]... [splunk_server=<name>] [splunk_server_group=<name>]...",
    options={
        "type": (
            "all",
            "field",
            "fieldvalue",
            "term",
        ),
        "prefix": OptionKind.TEXT,
        "pattern": OptionKind.TEXT,
        "index": OptionKind.TEXT,
        "splunk_server": OptionKind.TEXT,
        "splunk_server_group": OptionKind.TEXT,
    },
    parse=options_parser(Walklex),
    flow=begins,
    source="Search Reference: walklex",
)
