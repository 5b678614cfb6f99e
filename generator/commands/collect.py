"""`collect`: writes the results into a summary index and passes them on."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Collect(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="collect",
    kind=CommandKind.STREAMING,
    summary="Writes results into a summary index.",
    syntax="collect index=<name> [addinfo=<bool>] [addtime=<bool>] [file=<string>] [spool=<bool>] [marker=<string>] [output_format=raw|hec] [testmode=<bool>] [run_in_preview=<bool>] [host=<string>] [source=<string>] [sourcetype=<string>] [uselb=<bool>] [timeformat=<string>]",
    aliases=("stash", "sumindex", "summaryindex"),
    options={
        "index": OptionKind.TEXT,
        "addinfo": OptionKind.BOOL,
        "addtime": OptionKind.BOOL,
        "file": OptionKind.TEXT,
        "spool": OptionKind.BOOL,
        "marker": OptionKind.TEXT,
        "output_format": (
            "raw",
            "hec",
        ),
        "testmode": OptionKind.BOOL,
        "run_in_preview": OptionKind.BOOL,
        "host": OptionKind.TEXT,
        "source": OptionKind.TEXT,
        "sourcetype": OptionKind.TEXT,
        "uselb": OptionKind.BOOL,
        "timeformat": OptionKind.TEXT,
        "name": OptionKind.TEXT,
        "path": OptionKind.TEXT,
    },
    parse=options_parser(Collect, required=("index",)),
    flow=keeps,
    source="Search Reference: collect",
)
