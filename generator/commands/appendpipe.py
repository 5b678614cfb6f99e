"""`appendpipe`: adds the rows that a sub-pipeline makes of the current ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options
from generator.spl.ast import Command, Options, Subsearch
from generator.spl.printer import join_words, print_options, print_subsearch
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Appendpipe(Command):
    """`body` goes on with the current rows; what it ends with is added below them."""

    options: Options
    body: Subsearch

    def arguments(self) -> str:
        """Print options and sub-pipeline."""
        return join_words(print_options(self.options), print_subsearch(self.body))


def parse(args: ArgReader) -> Appendpipe:
    """Read options and the sub-pipeline."""
    options = args.options()
    body = args.subpipeline_of()
    return Appendpipe(*args.head, options + args.options(), body)


def flow(node: Appendpipe, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of both."""
    return state.merged(env.continue_with(node.body.pipeline, state))


def run(node: Appendpipe, table: Table, env: Env) -> Table:
    """Put what the sub-pipeline makes of the rows below them."""
    from generator.engine.table import stack

    given_options(node.options, env, "appendpipe")
    return stack([table, env.run(node.body.pipeline, table)])


SPEC = CommandSpec(
    name="appendpipe",
    kind=CommandKind.DATASET,
    summary="Adds the rows that a sub-pipeline makes of the current ones.",
    syntax="appendpipe [run_in_preview=<bool>] [<pipeline>]",
    options={"run_in_preview": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: appendpipe",
)
