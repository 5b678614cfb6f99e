"""`timewrap`: lays the periods of a `timechart` beside each other, each as columns of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.spl.ast import Command, MacroCall, Name, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_SPAN = re.compile(
    r"\d*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mon|months?|q|qtrs?|quarters?|y|yrs?|years?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Timewrap(Command):
    """`span` is the length of a period."""

    span: Name | MacroCall
    options: Options

    def arguments(self) -> str:
        """Print span and options."""
        return join_words(print_value(self.span), print_options(self.options))


def parse(args: ArgReader) -> Timewrap:
    """Read the span and options around it."""
    options = args.options()
    span = args.field("a length of time such as `1week`")
    if isinstance(span, Name) and _SPAN.fullmatch(span.text) is None and "$" not in span.text:
        args.report(
            "bad-option", f"`{span.text}` is no length of time", span.start, span.end, "such as `1d` or `2weeks`"
        )
    return Timewrap(*args.head, span, options + args.options())


def flow(node: Timewrap, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """`_time` is left, and columns that are named by the periods."""
    return FieldState(frozenset({"_time"}))


SPEC = CommandSpec(
    name="timewrap",
    kind=CommandKind.TRANSFORMING,
    summary="Compares periods of a timechart.",
    syntax="timewrap <span> [align=now|end] [series=relative|exact|short] [time_format=<string>]",
    options={
        "align": ("now", "end"),
        "series": ("relative", "exact", "short"),
        "time_format": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: timewrap",
)
