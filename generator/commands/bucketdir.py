"""`bucketdir`: groups the files of a field into folders, so that few rows are left."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import opens
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Bucketdir(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="bucketdir",
    kind=CommandKind.TRANSFORMING,
    summary="Groups files by folder.",
    syntax="bucketdir pathfield=<field> sizefield=<field> [maxcount=<int>] [countfield=<field>] [sep=<char>]",
    options={
        "pathfield": OptionKind.FIELD,
        "sizefield": OptionKind.FIELD,
        "maxcount": OptionKind.INT,
        "countfield": OptionKind.FIELD,
        "sep": OptionKind.TEXT,
    },
    parse=options_parser(Bucketdir),
    flow=opens,
    source="Search Reference: bucketdir",
)
