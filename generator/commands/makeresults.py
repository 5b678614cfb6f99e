"""`makeresults`: generates rows out of nothing, or of the text in `data`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.spl.ast import Command, Option, Options
from generator.spl.fields import FieldState
from generator.spl.printer import print_options
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_ANNOTATED = frozenset({"_raw", "host", "source", "sourcetype", "splunk_server", "splunk_server_group"})


@dataclass(frozen=True, slots=True)
class Makeresults(Command):
    """It has only options."""

    options: Options

    def arguments(self) -> str:
        """Print the options."""
        return print_options(self.options)


def parse(args: ArgReader) -> Makeresults:
    """Read the options."""
    return Makeresults(*args.head, args.options())


def flow(node: Makeresults, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """Only `_time`, with `annotate` the event fields; the columns of `data` are not read here."""
    given = {option.name: option.text for option in node.options if isinstance(option, Option)}
    if len(given) < len(node.options) or "data" in given:
        return FieldState()
    names = {"_time"}
    if (given.get("annotate") or "f").lower() not in {"f", "false", "0"}:
        names |= _ANNOTATED
    return FieldState(frozenset(names), open=False)


SPEC = CommandSpec(
    name="makeresults",
    kind=CommandKind.GENERATING,
    summary="Generates rows.",
    syntax="makeresults [count=<int>] [annotate=<bool>] [splunk_server=<string>] [splunk_server_group=<string>] [format=csv|json data=<string>]",
    options={
        "count": OptionKind.INT,
        "annotate": OptionKind.BOOL,
        "splunk_server": OptionKind.TEXT,
        "splunk_server_group": OptionKind.TEXT,
        "format": ("csv", "json"),
        "data": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: makeresults",
)
