"""`tscollect`: writes the results into indexed-field files for `tstats`."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import opens
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Tscollect(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="tscollect",
    kind=CommandKind.STREAMING,
    summary="Writes fields into a tsidx namespace.",
    syntax="tscollect [namespace=<string>] [squashcase=<bool>] [keepresults=<bool>]",
    options={
        "namespace": OptionKind.TEXT,
        "squashcase": OptionKind.BOOL,
        "keepresults": OptionKind.BOOL,
    },
    parse=options_parser(Tscollect),
    flow=opens,
    source="Search Reference: tscollect",
)
