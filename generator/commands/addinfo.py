"""`addinfo`: adds fields with the time range, the time and the id of the search."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import adds
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Addinfo(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="addinfo",
    kind=CommandKind.STREAMING,
    summary="Adds fields with facts about the search itself.",
    syntax="addinfo",
    parse=bare_parser(Addinfo),
    flow=adds("info_min_time", "info_max_time", "info_sid", "info_search_time"),
    source="Search Reference: addinfo",
)
