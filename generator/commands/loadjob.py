"""`loadjob`: reads the results or events of an earlier search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import begins
from generator.commands.shapes import FieldsCommand, fields_parser, require
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Loadjob(FieldsCommand):
    """`fields` holds the id of the search, where no `savedsearch=` names it."""


_read = fields_parser(Loadjob, at_most=1)


def parse(args: ArgReader) -> Loadjob:
    """Read options and the id."""
    node = _read(args)
    if not node.fields:
        require(args, node.options, "savedsearch")
    return node


SPEC = CommandSpec(
    name="loadjob",
    kind=CommandKind.GENERATING,
    summary="Reads the results of an earlier search.",
    syntax='loadjob <sid>|savedsearch="<user>:<app>:<name>" [events=<bool>] [job_delegate=<user>] [artifact_offset=<int>] [ignore_running=<bool>] [wait_until_finished=<bool>] [wait_timeout=<int>]',
    options={
        "savedsearch": OptionKind.TEXT,
        "events": OptionKind.BOOL,
        "job_delegate": OptionKind.TEXT,
        "artifact_offset": OptionKind.INT,
        "ignore_running": OptionKind.BOOL,
        "wait_until_finished": OptionKind.BOOL,
        "wait_timeout": OptionKind.INT,
    },
    parse=parse,
    flow=begins,
    source="Search Reference: loadjob",
)
