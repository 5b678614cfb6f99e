"""`findkeywords`: finds the words that tell groups of events apart."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Findkeywords(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="findkeywords",
    kind=CommandKind.TRANSFORMING,
    summary="Finds words that tell groups of events apart.",
    syntax="findkeywords labelfield=<field> [dedup=<bool>]",
    options={
        "labelfield": OptionKind.FIELD,
        "dedup": OptionKind.BOOL,
    },
    parse=options_parser(Findkeywords, required=("labelfield",)),
    flow=begins,
    source="Search Reference: findkeywords",
)
