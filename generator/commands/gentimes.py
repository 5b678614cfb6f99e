"""`gentimes`: generates time ranges, one a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.fields import FieldState
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv


@dataclass(frozen=True, slots=True)
class Gentimes(OptionsCommand):
    """Times are `MM/DD/YYYY[:HH:MM:SS]`, or a number of days from today (`-5`)."""


def flow(node: Gentimes, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """Begin and end, in seconds and in words."""
    return FieldState(frozenset({"starttime", "endtime", "starthuman", "endhuman"}), open=False)


SPEC = CommandSpec(
    name="gentimes",
    kind=CommandKind.GENERATING,
    summary="Generates time ranges.",
    syntax="gentimes start=<time> [end=<time>] [increment=<int>[s|m|h|d]]",
    options={"start": OptionKind.TEXT, "end": OptionKind.TEXT, "increment": OptionKind.SPAN},
    parse=options_parser(Gentimes, required=("start",)),
    flow=flow,
    source="Search Reference: gentimes",
)
