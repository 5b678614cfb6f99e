"""`set`: takes the union, the difference or the intersection of the results of two subsearches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.values import shown
from generator.spl.ast import Command, Subsearch
from generator.spl.printer import print_subsearch
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Set(Command):
    """`operation` is `union`, `diff` or `intersect`."""

    operation: str
    left: Subsearch
    right: Subsearch

    def arguments(self) -> str:
        """Print operation and subsearches."""
        return f"{self.operation} {print_subsearch(self.left)} {print_subsearch(self.right)}"


def parse(args: ArgReader) -> Set:
    """Read the operation and two subsearches."""
    operation = args.keyword("union", "diff", "intersect")
    if operation is None:
        raise args.expected("`union`, `diff` or `intersect`")
    left = args.subsearch_of()
    return Set(*args.head, operation, left, args.subsearch_of("a second subsearch in brackets"))


def flow(node: Set, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """The fields of both."""
    return env.subsearch(node.left.pipeline).merged(env.subsearch(node.right.pipeline))


def run(node: Set, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Combine the rows of two searches; rows are the same where all their fields are, and come only once."""
    import numpy as np

    from generator.engine.table import stack

    left = env.subsearch(node.left.pipeline, limit=env.limits.joined_rows)
    right = env.subsearch(node.right.pipeline, limit=env.limits.joined_rows)
    both = stack([left, right])
    keys = [frozenset((name, shown(value)) for name, value in row.items()) for row in both.rows()]
    on_left, on_right = set(keys[: left.length]), set(keys[left.length :])
    wanted = {
        "union": on_left | on_right,
        "diff": on_left ^ on_right,
        "intersect": on_left & on_right,
    }[node.operation]
    rows = [row for key, row in {key: row for row, key in reversed(list(enumerate(keys)))}.items() if key in wanted]
    return both.take(np.array(sorted(rows), dtype=np.intp))


SPEC = CommandSpec(
    name="set",
    kind=CommandKind.GENERATING,
    summary="Combines two searches as sets.",
    syntax="set union|diff|intersect <subsearch> <subsearch>",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: set",
)
