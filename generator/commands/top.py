"""`top`: lists the most common values of fields, with counts and percentages."""

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
class Top(Frequency):
    """See `Frequency`."""


def parse(args: ArgReader) -> Top:
    """Read number, options, fields and BY clause."""
    return Top(*args.head, *read_frequency(args))


def flow(node: Top, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the fields, count and percentage are left."""
    return frequency_flow(node, state, env, command="top")


def run(node: Top, table: Table, env: Env) -> Table:
    """Count the values and keep the most common."""
    return frequencies(node, table, env, command="top", rare=False)


SPEC = CommandSpec(
    name="top",
    kind=CommandKind.TRANSFORMING,
    summary="Lists the most common values of fields.",
    syntax="top [<int>] [<option>=<value>]... <field>... [BY <field>...]",
    options=FREQUENCY_OPTIONS,
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: top",
)
