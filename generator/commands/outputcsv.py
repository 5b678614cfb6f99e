"""`outputcsv`: writes the results to a CSV file, or each as CSV text into `_xml`."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import adds
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Outputcsv(FieldsCommand):
    """`fields` holds the name of the file."""


SPEC = CommandSpec(
    name="outputcsv",
    kind=CommandKind.STREAMING,
    summary="Writes results to a CSV file.",
    syntax="outputcsv [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [dispatch=<bool>] [usexml=<bool>] [singlefile=<bool>] [<file>]",
    options={
        "append": OptionKind.BOOL,
        "create_empty": OptionKind.BOOL,
        "override_if_empty": OptionKind.BOOL,
        "dispatch": OptionKind.BOOL,
        "usexml": OptionKind.BOOL,
        "singlefile": OptionKind.BOOL,
    },
    parse=fields_parser(Outputcsv, at_most=1),
    flow=adds("_xml"),
    source="Search Reference: outputcsv",
)
