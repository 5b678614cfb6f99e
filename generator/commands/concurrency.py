"""`concurrency`: counts for each event how many others were going on when it began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.shapes import OptionsCommand, given, options_parser
from generator.commands.uses import read_option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Concurrency(OptionsCommand):
    """`duration` and `start` name fields."""


def flow(node: Concurrency, state: FieldState, env: FlowEnv) -> FieldState:
    """The count is added."""
    read_option(node.options, "duration", state, env)
    read_option(node.options, "start", state, env)
    return state.add((given(node.options, "output", "concurrency"),))


SPEC = CommandSpec(
    name="concurrency",
    kind=CommandKind.DATASET,
    summary="Counts events that overlap in time.",
    syntax="concurrency duration=<field> [start=<field>] [output=<name>]",
    options={"duration": OptionKind.FIELD, "start": OptionKind.FIELD, "output": OptionKind.FIELD},
    parse=options_parser(Concurrency, required=("duration",)),
    flow=flow,
    source="Search Reference: concurrency",
)
