"""`dbinspect`: returns facts about the buckets of indexes."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Dbinspect(OptionsCommand):
    """It has only options; `index` may stand several times."""


SPEC = CommandSpec(
    name="dbinspect",
    kind=CommandKind.GENERATING,
    summary="Returns facts about index buckets.",
    syntax="dbinspect [index=<name>]... [span=<span>|timeformat=<string>] [corruptonly=<bool>] [bucketstate=all|good|corrupt] [cached=<bool>]",
    options={
        "index": OptionKind.TEXT,
        "span": OptionKind.SPAN,
        "timeformat": OptionKind.TEXT,
        "corruptonly": OptionKind.BOOL,
        "bucketstate": (
            "all",
            "good",
            "corrupt",
        ),
        "cached": OptionKind.BOOL,
    },
    parse=options_parser(Dbinspect),
    flow=begins,
    source="Search Reference: dbinspect",
)
