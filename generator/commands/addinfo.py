"""`addinfo`: adds fields with the time range, the time and the id of the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import adds
from generator.commands.shapes import BareCommand, bare_parser
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Addinfo(BareCommand):
    """No arguments."""


def run(node: Addinfo, table: Table, env: Env) -> Table:  # noqa: ARG001 - every run has this shape
    """Add the time range of the search, its id and when it was started; an open end is `+Infinity`."""
    from generator.engine.column import constant

    facts = {
        "info_min_time": "0.000" if env.earliest is None else f"{env.earliest:.3f}",
        "info_max_time": "+Infinity" if env.latest is None else f"{env.latest:.3f}",
        "info_sid": f"{env.now:.3f}",
        "info_search_time": f"{env.now:.3f}",
    }
    return table.with_columns({name: constant(value, table.length) for name, value in facts.items()})


SPEC = CommandSpec(
    name="addinfo",
    kind=CommandKind.STREAMING,
    summary="Adds fields with facts about the search itself.",
    syntax="addinfo",
    parse=bare_parser(Addinfo),
    flow=adds("info_min_time", "info_max_time", "info_sid", "info_search_time"),
    run=run,
    source="Search Reference: addinfo",
)
