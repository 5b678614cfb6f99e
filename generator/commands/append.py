"""`append`: adds the rows of a subsearch below the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.shapes import SUBSEARCH_OPTIONS, SubsearchCommand, merged_flow, subsearch_parser
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Append(SubsearchCommand):
    """See `SubsearchCommand`."""


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
    options=SUBSEARCH_OPTIONS,
    parse=subsearch_parser(Append),
    flow=merged_flow,
    run=run,
    source="Search Reference: append",
)
