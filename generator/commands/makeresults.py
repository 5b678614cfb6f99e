"""`makeresults`: generates rows out of nothing, or of the text in `data`."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.engine.values import read_bool
from generator.spl.ast import Command, Option, Options
from generator.spl.fields import FieldState
from generator.spl.printer import print_options
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
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


def run(node: Makeresults, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Make rows with `_time`; `data` with `format` makes the rows that the text holds."""
    from generator.engine.column import constant
    from generator.engine.table import Table

    given = given_options(node.options, env, "makeresults")
    made: Table
    if "data" in given:
        made = _from_data(given["data"], given.get("format", ""), node, env)
    else:
        count = max(0, whole_number(given.get("count"), 1, env, "makeresults", node))
        made = Table(count, {"_time": constant(int(env.now), count)})
        if read_bool(given.get("annotate"), default=False):
            made = made.with_columns({name: constant(None, count) for name in sorted(_ANNOTATED)})
    return made


def _from_data(text: str, form: str, node: Makeresults, env: Env) -> Table:
    """Return the rows of CSV (the first line names the fields) or of a JSON array of objects.

    Raises:
        SearchError: the text is none of these.
    """
    from generator.engine.table import from_rows

    if form == "csv":
        lines = csv.DictReader(io.StringIO(text.strip("\n")))
        return from_rows(
            [{name: value for name, value in line.items() if name is not None and value} for line in lines]
        )
    if form == "json":
        try:
            parsed = json.loads(text)
        except ValueError as error:
            raise env.error("makeresults", f"Invalid JSON in `data`: {error}", node) from error
        if isinstance(parsed, list) and all(isinstance(row, dict) for row in parsed):
            return from_rows([{name: _plain(value) for name, value in row.items()} for row in parsed])
    raise env.error("makeresults", "`data` needs `format=csv` or `format=json`, and a JSON array of objects", node)


def _plain(value: object) -> object:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else value


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
    run=run,
    source="Search Reference: makeresults",
)
