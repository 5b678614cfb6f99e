"""`mcollect`: writes the results as data points into a metric index."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Mcollect(FieldsCommand):
    """The fields are dimensions."""


SPEC = CommandSpec(
    name="mcollect",
    kind=CommandKind.STREAMING,
    summary="Writes events as metric data points.",
    syntax="mcollect index=<name> [file=<string>] [split=true|false|allnums] [spool=<bool>] [prefix_field=<field>] [host=<string>] [source=<string>] [sourcetype=<string>] [marker=<string>] [<field>...]",
    options={
        "index": OptionKind.TEXT,
        "file": OptionKind.TEXT,
        "split": (
            "true",
            "false",
            "t",
            "f",
            "allnums",
        ),
        "spool": OptionKind.BOOL,
        "prefix_field": OptionKind.FIELD,
        "host": OptionKind.TEXT,
        "source": OptionKind.TEXT,
        "sourcetype": OptionKind.TEXT,
        "marker": OptionKind.TEXT,
    },
    parse=fields_parser(Mcollect, required=("index",)),
    flow=reads,
    source="Search Reference: mcollect",
)
