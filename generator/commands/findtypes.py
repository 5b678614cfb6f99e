"""`findtypes`: suggests event types for the events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import begins
from generator.spl.ast import Command, Options
from generator.spl.printer import join_words, print_options
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Findtypes(Command):
    """`words` are `notcovered` and `useraw`, where they stand."""

    options: Options
    words: tuple[str, ...]

    def arguments(self) -> str:
        """Print options and words."""
        return join_words(print_options(self.options), *self.words)


def parse(args: ArgReader) -> Findtypes:
    """Read options and words, in any order."""
    options = args.options()
    words: list[str] = []
    while (word := args.keyword("notcovered", "useraw")) is not None:
        words.append(word)
        options += args.options()
    return Findtypes(*args.head, options, tuple(words))


SPEC = CommandSpec(
    name="findtypes",
    kind=CommandKind.TRANSFORMING,
    summary="Suggests event types.",
    syntax="findtypes max=<int> [notcovered] [useraw]",
    options={"max": OptionKind.INT},
    parse=parse,
    flow=begins,
    source="Search Reference: findtypes",
)
