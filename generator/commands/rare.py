"""`rare`: lists the least common values of fields, with counts and percentages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.frequency import FREQUENCY_OPTIONS, Frequency, frequencies, frequency_flow, read_frequency
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Rare(Frequency):
    """See `Frequency`."""


def parse(args: ArgReader) -> Rare:
    """Read number, options, fields and BY clause."""
    return Rare(*args.head, *read_frequency(args))


def flow(node: Rare, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the fields, count and percentage are left."""
    return frequency_flow(node, state, env, command="rare")


def run(node: Rare, table: Table, env: Env) -> Table:
    """Count the values and keep the least common."""
    return frequencies(node, table, env, command="rare", rare=True)


SPEC = CommandSpec(
    name="rare",
    kind=CommandKind.TRANSFORMING,
    summary="Lists the least common values of fields.",
    syntax="rare [<int>] [<option>=<value>]... <field>... [BY <field>...]",
    options=FREQUENCY_OPTIONS,
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: rare",
)
