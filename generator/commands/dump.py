"""`dump`: exports the events to files."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Dump(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="dump",
    kind=CommandKind.STREAMING,
    summary="Exports events to files.",
    syntax="dump basefilename=<string> [rollsize=<num>] [compress=<int>] [format=raw|csv|tsv|json|xml] [fields=<string>]",
    options={
        "basefilename": OptionKind.TEXT,
        "rollsize": OptionKind.NUMBER,
        "maxlocal": OptionKind.NUMBER,
        "compress": OptionKind.INT,
        "format": (
            "raw",
            "csv",
            "tsv",
            "json",
            "xml",
        ),
        "fields": OptionKind.TEXT,
    },
    parse=options_parser(Dump, required=("basefilename",)),
    flow=keeps,
    source="Search Reference: dump",
)
