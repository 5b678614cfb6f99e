"""`appendcols`: adds the fields of a subsearch, its first row to the first row and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.spl.ast import Command, Options, Subsearch
from generator.spl.printer import join_words, print_options, print_subsearch
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Appendcols(Command):
    """The subsearch."""

    options: Options
    subsearch: Subsearch

    def arguments(self) -> str:
        """Print options and subsearch."""
        return join_words(print_options(self.options), print_subsearch(self.subsearch))


def parse(args: ArgReader) -> Appendcols:
    """Read options and the subsearch."""
    options = args.options()
    subsearch = args.subsearch_of()
    return Appendcols(*args.head, options + args.options(), subsearch)


def flow(node: Appendcols, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of both."""
    return state.merged(env.subsearch(node.subsearch.pipeline))


SPEC = CommandSpec(
    name="appendcols",
    kind=CommandKind.DATASET,
    summary="Adds the fields of a subsearch row by row.",
    syntax="appendcols [override=<bool>] [extendtimerange=<bool>] [maxtime=<int>] [maxout=<int>] [timeout=<int>] <subsearch>",
    options={
        "override": OptionKind.BOOL,
        "extendtimerange": OptionKind.BOOL,
        "maxtime": OptionKind.INT,
        "maxout": OptionKind.INT,
        "timeout": OptionKind.INT,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: appendcols",
)
