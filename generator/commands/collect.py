"""`collect`: writes the results into a summary index and passes them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import keeps
from generator.commands.grouping import given_options
from generator.commands.shapes import OptionsCommand, options_parser
from generator.engine.values import elements, number_of, read_bool, text_of
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value


@dataclass(frozen=True, slots=True)
class Collect(OptionsCommand):
    """It has only options."""


_STASH = "stash"


def run(node: Collect, table: Table, env: Env) -> Table:
    """Put the rows into an index of this engine, as events of sourcetype `stash` or as given; they flow on as they are.

    With `testmode` nothing is written and the rows are as they would have been.

    Raises:
        UnsupportedSpl: another format or place, or a marker.
    """
    from generator.engine.column import constant, unencoded

    given = given_options(node.options, env, "collect")
    for option in ("file", "path", "marker", "name", "timeformat"):
        if option in given:
            raise env.unsupported(f"`{option}` of `collect`", node)
    if given.get("output_format", "raw") != "raw":
        raise env.unsupported("`output_format` of `collect`", node)
    names = [name for name in table.names() if not name.startswith("_")]
    times: list[Value] = [env.now if number_of(time) is None else time for time in table.column("_time").to_list()]
    raws: list[Value] = [
        row.get("_raw") or _written(row, names, time, env, given)
        for row, time in zip(table.rows([*names, "_raw"]), times, strict=True)
    ]
    events = table.with_columns(
        {
            "_time": unencoded(times),
            "_raw": unencoded(raws),
            **{
                name: constant(given.get(name, default), table.length)
                for name, default in (
                    ("index", "summary"),
                    ("sourcetype", _STASH),
                    ("source", _STASH),
                    ("host", "localhost"),
                )
            },
        }
    )
    if read_bool(given.get("testmode"), default=False):
        return events
    if env.write is None:
        raise env.unsupported("`collect` where no events can be kept", node)
    env.write(_Events(events))
    return table


def _written(row: dict[str, Value], names: list[str], time: Value, env: Env, given: dict[str, str]) -> str:
    """Return a row as text of an event: its time, the facts of the search, its fields."""
    from generator.functions.time import format_time

    parts = []
    if read_bool(given.get("addtime"), default=True):
        parts.append(format_time(number_of(time) or 0, "%m/%d/%Y %H:%M:%S %z") or "")
    if read_bool(given.get("addinfo"), default=False):
        parts.append(f"info_search_time={env.now:.3f}")
    for name in names:
        for value in elements(row.get(name)):
            text = text_of(value).replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'{name}="{text}"')
    return ", ".join(parts)


class _Events:
    """Rows as source of events."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.length = table.length

    def names(self) -> Iterable[str]:
        """Return the fields."""
        return self._table.names()

    def column(self, name: str) -> Column | None:
        """Return a field's column."""
        return self._table.find(name)


SPEC = CommandSpec(
    name="collect",
    kind=CommandKind.STREAMING,
    summary="Writes results into a summary index.",
    syntax="collect index=<name> [addinfo=<bool>] [addtime=<bool>] [file=<string>] [spool=<bool>] [marker=<string>] [output_format=raw|hec] [testmode=<bool>] [run_in_preview=<bool>] [host=<string>] [source=<string>] [sourcetype=<string>] [uselb=<bool>] [timeformat=<string>]",
    aliases=("stash", "sumindex", "summaryindex"),
    options={
        "index": OptionKind.TEXT,
        "addinfo": OptionKind.BOOL,
        "addtime": OptionKind.BOOL,
        "file": OptionKind.TEXT,
        "spool": OptionKind.BOOL,
        "marker": OptionKind.TEXT,
        "output_format": (
            "raw",
            "hec",
        ),
        "testmode": OptionKind.BOOL,
        "run_in_preview": OptionKind.BOOL,
        "host": OptionKind.TEXT,
        "source": OptionKind.TEXT,
        "sourcetype": OptionKind.TEXT,
        "uselb": OptionKind.BOOL,
        "timeformat": OptionKind.TEXT,
        "name": OptionKind.TEXT,
        "path": OptionKind.TEXT,
    },
    parse=options_parser(Collect, required=("index",)),
    flow=keeps,
    run=run,
    source="Search Reference: collect",
)
