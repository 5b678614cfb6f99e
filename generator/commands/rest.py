"""`rest`: reads an endpoint of Splunk's own REST interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.flow import begins
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, MacroCall, Name
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Rest(Command):
    """`uri` is the endpoint's path. Options (`count`, `timeout`, `splunk_server`, ...) and the endpoint's own arguments."""

    uri: Name | MacroCall
    pairs: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print path and arguments."""
        return join_words(print_value(self.uri), print_pairs(self.pairs))


def parse(args: ArgReader) -> Rest:
    """Read the path and arguments, in any order."""
    uri: Name | MacroCall | None = None
    pairs: list[Pair] = []
    while not args.at_end():
        pair = read_pair(args)
        if pair is not None:
            pairs.append(pair)
            continue
        if uri is not None:
            break
        value = args.value()
        if not isinstance(value, Name | MacroCall):
            break
        uri = value
    if uri is None:
        raise args.expected("the path of an endpoint, such as `/services/server/info`")
    return Rest(*args.head, uri, tuple(pairs))


SPEC = CommandSpec(
    name="rest",
    kind=CommandKind.GENERATING,
    summary="Reads a REST endpoint of splunkd.",
    syntax="rest <path> [count=<int>] [strict=<bool>] [splunk_server=<name>] [splunk_server_group=<name>]... [timeout=<int>] "
    "[<argument>=<value>]...",
    parse=parse,
    flow=begins,
    source="Search Reference: rest",
)
