"""`listmodels`: lists the machine-learning models."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Listmodels(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="listmodels",
    kind=CommandKind.GENERATING,
    summary="Lists machine-learning models.",
    syntax="listmodels",
    parse=bare_parser(Listmodels),
    flow=begins,
    source="Machine Learning Toolkit User Guide: listmodels",
    app="Splunk Machine Learning Toolkit",
)
