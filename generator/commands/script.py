"""`script` (`run`): runs an external script on the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import opens
from generator.spl.ast import Command
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Script(Command):
    """`text` is the script's name and its arguments, which are its own business."""

    text: str

    def arguments(self) -> str:
        """Print the text as it was."""
        return self.text


def parse(args: ArgReader) -> Script:
    """Read everything."""
    if args.at_end():
        raise args.expected("the name of a script")
    return Script(*args.head, args.rest())


SPEC = CommandSpec(
    name="script",
    kind=CommandKind.STREAMING,
    summary="Runs an external script.",
    syntax="script [python|perl] <name> [<argument>...] [maxinputs=<int>]",
    aliases=("run",),
    parse=parse,
    flow=opens,
    source="Search Reference: script",
)
