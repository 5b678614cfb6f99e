"""`reltime`: says in words how long ago each event was."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import adds
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Reltime(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="reltime",
    kind=CommandKind.STREAMING,
    summary="Says in words how long ago an event was.",
    syntax="reltime",
    parse=bare_parser(Reltime),
    flow=adds("reltime"),
    source="Search Reference: reltime",
)
