"""`highlight`: marks words in the shown events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import keeps
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Highlight(FieldsCommand):
    """`fields` are the words."""


def run(node: Highlight, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Change nothing: only Splunk's display would."""
    return table


SPEC = CommandSpec(
    name="highlight",
    kind=CommandKind.STREAMING,
    summary="Marks words in the events.",
    syntax="highlight <string>...",
    aliases=("hilite",),
    parse=fields_parser(Highlight, at_least=1, what="a word to highlight"),
    flow=keeps,
    run=run,
    source="Search Reference: highlight",
)
