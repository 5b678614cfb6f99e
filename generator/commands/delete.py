"""`delete`: marks the events as deleted, so that no search finds them again.

It gives a row for each index that events were deleted from, and one, `__ALL__`, for all of them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import keeps
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Delete(BareCommand):
    """No arguments."""


def run(node: Delete, table: Table, env: Env) -> Table:
    """Delete the events, where the engine's owner allows it.

    Raises:
        UnsupportedSpl: nothing keeps the events that could be deleted.
        SearchError: the rows are not events as an index holds them.
    """
    from collections import Counter

    from generator.engine.table import from_rows

    if env.delete is None and table.length:
        raise env.unsupported("the command `delete`", node)
    if table.length and not (table.is_lazy and "_cd" in table):
        raise env.error("delete", "This command can only be used with events that come from an index as they are", node)
    counts = Counter(str(index) for index in table.column("index").to_list()) if table.length else Counter()
    if env.delete is not None:
        env.delete(table)
    rows = [("__ALL__", counts.total()), *sorted(counts.items())]
    return from_rows(
        [{"splunk_server": "localhost", "index": index, "deleted": count, "errors": 0} for index, count in rows]
    )


SPEC = CommandSpec(
    name="delete",
    kind=CommandKind.STREAMING,
    summary="Makes events unsearchable.",
    syntax="delete",
    parse=bare_parser(Delete),
    flow=keeps,
    run=run,
    source="Search Reference: delete",
)
