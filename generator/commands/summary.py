"""`summary`: describes a machine-learning model."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Summary(FieldsCommand):
    """`fields` holds the name of the model."""


SPEC = CommandSpec(
    name="summary",
    kind=CommandKind.GENERATING,
    summary="Describes a machine-learning model.",
    syntax="summary <model>",
    parse=fields_parser(Summary, at_least=1, at_most=1, what="the name of a model"),
    flow=begins,
    source="Machine Learning Toolkit User Guide: summary",
    app="Splunk Machine Learning Toolkit",
)
