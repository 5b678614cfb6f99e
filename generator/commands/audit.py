"""`audit`: returns the audit records of the local index."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import begins
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec


@dataclass(frozen=True, slots=True)
class Audit(BareCommand):
    """No arguments."""


SPEC = CommandSpec(
    name="audit",
    kind=CommandKind.GENERATING,
    summary="Returns audit records of the local index.",
    syntax="audit",
    parse=bare_parser(Audit),
    flow=begins,
    source="Search Reference: audit",
)
