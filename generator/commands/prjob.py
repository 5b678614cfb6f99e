"""`prjob`: runs a search with its reduction spread over the indexers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.spl.ast import Command, Subsearch
from generator.spl.printer import print_subsearch
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Prjob(Command):
    """The search."""

    subsearch: Subsearch

    def arguments(self) -> str:
        """Print the search in its brackets."""
        return print_subsearch(self.subsearch)


def parse(args: ArgReader) -> Prjob:
    """Read the search."""
    return Prjob(*args.head, args.subsearch_of())


def flow(node: Prjob, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """The fields of the search."""
    return env.subsearch(node.subsearch.pipeline)


SPEC = CommandSpec(
    name="prjob",
    kind=CommandKind.GENERATING,
    summary="Runs a search with parallel reduction.",
    syntax="prjob <subsearch>",
    parse=parse,
    flow=flow,
    source="Search Reference: prjob",
)
