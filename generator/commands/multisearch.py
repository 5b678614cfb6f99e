"""`multisearch`: runs several streaming searches at once and puts their events together."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.spl.ast import Command, Subsearch
from generator.spl.fields import FieldState
from generator.spl.printer import print_values
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.ast import Pipeline
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Multisearch(Command):
    """At least two subsearches."""

    subsearches: tuple[Subsearch, ...]

    def arguments(self) -> str:
        """Print the subsearches."""
        return print_values(self.subsearches, " ")


def parse(args: ArgReader) -> Multisearch:
    """Read the subsearches."""
    found = [args.subsearch_of(), args.subsearch_of("a second subsearch in brackets")]
    while (more := args.subsearch()) is not None:
        found.append(more)
    return Multisearch(*args.head, tuple(found))


def flow(node: Multisearch, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """The fields of all."""
    return reduce(FieldState.merged, (env.subsearch(subsearch.pipeline) for subsearch in node.subsearches))


def run(node: Multisearch, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Return the rows of all searches, newest first.

    Raises:
        SearchError: a search is not streaming.
    """
    from generator.engine.store import newest_first
    from generator.engine.table import stack

    for subsearch in node.subsearches:
        _check_streaming(subsearch.pipeline, env)
    return newest_first(stack([env.subsearch(subsearch.pipeline) for subsearch in node.subsearches]))


def _check_streaming(pipeline: Pipeline, env: Env) -> None:
    for command in pipeline.commands:
        spec = env.commands.get(command.name)
        kind = spec.kind if spec is not None else CommandKind.STREAMING
        if kind is not CommandKind.STREAMING and not (
            kind is CommandKind.GENERATING and command is pipeline.commands[0]
        ):
            raise env.error(
                "multisearch",
                f"Multisearch subsearches might only contain purely streaming operations (the subsearch contains '{command.name}')",
                command,
            )


SPEC = CommandSpec(
    name="multisearch",
    kind=CommandKind.GENERATING,
    summary="Runs several streaming searches at once.",
    syntax="multisearch <subsearch> <subsearch> [<subsearch>]...",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: multisearch",
)
