"""`append`: adds the rows of a subsearch below the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.spl.ast import Command, Options, Subsearch
from generator.spl.printer import join_words, print_options, print_subsearch
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Append(Command):
    """The subsearch."""

    options: Options
    subsearch: Subsearch

    def arguments(self) -> str:
        """Print options and subsearch."""
        return join_words(print_options(self.options), print_subsearch(self.subsearch))


def parse(args: ArgReader) -> Append:
    """Read options and the subsearch."""
    options = args.options()
    subsearch = args.subsearch_of()
    return Append(*args.head, options + args.options(), subsearch)


def flow(node: Append, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of both."""
    return state.merged(env.subsearch(node.subsearch.pipeline))


def run(node: Append, table: Table, env: Env) -> Table:
    """Put the rows of the subsearch below."""
    from generator.engine.table import stack

    given = given_options(node.options, env, "append")
    limit = whole_number(given.get("maxout"), env.limits.joined_rows, env, "append", node)
    return stack([table, env.subsearch(node.subsearch.pipeline, limit=limit)])


SPEC = CommandSpec(
    name="append",
    kind=CommandKind.DATASET,
    summary="Adds the rows of a subsearch below the results.",
    syntax="append [extendtimerange=<bool>] [maxtime=<int>] [maxout=<int>] [timeout=<int>] <subsearch>",
    options={
        "extendtimerange": OptionKind.BOOL,
        "maxtime": OptionKind.INT,
        "maxout": OptionKind.INT,
        "timeout": OptionKind.INT,
    },
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: append",
)
