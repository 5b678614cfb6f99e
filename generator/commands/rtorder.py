"""`rtorder`: orders the events of a real-time search by time within a buffer."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Rtorder(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="rtorder",
    kind=CommandKind.STREAMING,
    summary="Orders events of a real-time search.",
    syntax="rtorder [discard=<bool>] [buffer_span=<span>] [max_buffer_size=<int>]",
    options={
        "discard": OptionKind.BOOL,
        "buffer_span": OptionKind.SPAN,
        "max_buffer_size": OptionKind.INT,
    },
    parse=options_parser(Rtorder),
    flow=keeps,
    source="Search Reference: rtorder",
)
