"""`highlight`: marks words in the shown events."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Highlight(FieldsCommand):
    """`fields` are the words."""


SPEC = CommandSpec(
    name="highlight",
    kind=CommandKind.STREAMING,
    summary="Marks words in the events.",
    syntax="highlight <string>...",
    aliases=("hilite",),
    parse=fields_parser(Highlight, at_least=1, what="a word to highlight"),
    flow=keeps,
    source="Search Reference: highlight",
)
