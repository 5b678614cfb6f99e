"""`meventcollect`: writes the events as data points into a metric index, on the indexers."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import reads
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Meventcollect(FieldsCommand):
    """The fields are dimensions."""


SPEC = CommandSpec(
    name="meventcollect",
    kind=CommandKind.STREAMING,
    summary="Writes events as metric data points on the indexers.",
    syntax="meventcollect index=<name> [split=<bool>] [spool=<bool>] [prefix_field=<field>] [host=<string>] [source=<string>] [sourcetype=<string>] [<field>...]",
    options={
        "index": OptionKind.TEXT,
        "split": OptionKind.BOOL,
        "spool": OptionKind.BOOL,
        "prefix_field": OptionKind.FIELD,
        "host": OptionKind.TEXT,
        "source": OptionKind.TEXT,
        "sourcetype": OptionKind.TEXT,
    },
    parse=fields_parser(Meventcollect, required=("index",)),
    flow=reads,
    source="Search Reference: meventcollect",
)
