"""`eventcount`: counts the events of indexes."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Eventcount(OptionsCommand):
    """It has only options; `index` may stand several times."""


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
    source="Search Reference: eventcount",
)
