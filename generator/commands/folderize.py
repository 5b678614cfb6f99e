"""`folderize`: groups values by the folders in them, so that few rows are left."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import opens
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Folderize(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="folderize",
    kind=CommandKind.TRANSFORMING,
    summary="Groups values by a hierarchy.",
    syntax="folderize attr=<field> [sep=<string>] [size=<field>] [minfolders=<int>] [maxfolders=<int>]",
    options={
        "attr": OptionKind.FIELD,
        "sep": OptionKind.TEXT,
        "size": OptionKind.FIELD,
        "minfolders": OptionKind.INT,
        "maxfolders": OptionKind.INT,
    },
    parse=options_parser(Folderize, required=("attr",)),
    flow=opens,
    source="Search Reference: folderize",
)
