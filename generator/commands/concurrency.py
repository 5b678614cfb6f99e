"""`concurrency`: counts for each event how many others were going on when it began."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options
from generator.commands.shapes import OptionsCommand, given, options_parser
from generator.commands.uses import read_option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Concurrency(OptionsCommand):
    """`duration` and `start` name fields."""


def flow(node: Concurrency, state: FieldState, env: FlowEnv) -> FieldState:
    """The count is added."""
    read_option(node.options, "duration", state, env)
    read_option(node.options, "start", state, env)
    return state.add((given(node.options, "output", "concurrency"),))


def run(node: Concurrency, table: Table, env: Env) -> Table:
    """Add how many events (the own one too) were going on when each event began; an event without both numbers gets none."""
    from generator.engine.column import encode

    options = given_options(node.options, env, "concurrency")
    starts = table.column(options.get("start", "_time")).numbers.tolist()
    lengths = table.column(options["duration"]).numbers.tolist()
    spans = [
        (start, start + length) for start, length in zip(starts, lengths, strict=True) if not math.isnan(start + length)
    ]
    begins = sorted(start for start, _ in spans)
    ends = sorted(end for _, end in spans)
    # An event takes part from its begin to its end, both included.
    counts = [
        None if math.isnan(start + length) else bisect_right(begins, start) - bisect_left(ends, start)
        for start, length in zip(starts, lengths, strict=True)
    ]
    return table.with_columns({options.get("output", "concurrency"): encode(counts)})


SPEC = CommandSpec(
    name="concurrency",
    kind=CommandKind.DATASET,
    summary="Counts events that overlap in time.",
    syntax="concurrency duration=<field> [start=<field>] [output=<name>]",
    options={"duration": OptionKind.FIELD, "start": OptionKind.FIELD, "output": OptionKind.FIELD},
    parse=options_parser(Concurrency, required=("duration",)),
    flow=flow,
    run=run,
    source="Search Reference: concurrency",
)
