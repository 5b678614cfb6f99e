"""`trendline`: computes moving averages."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.values import finite, number_of
from generator.spl.ast import Command, MacroCall, Name, Node
from generator.spl.printer import print_call, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.ast import Aggregation
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_TREND = re.compile(r"(sma|ema|wma)(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trend(Node):
    """`kind<period>(field) [AS alias]`; `kind` is `sma`, `ema` or `wma`."""

    kind: str
    period: int
    field: Name
    alias: Name | None


@dataclass(frozen=True, slots=True)
class Trendline(Command):
    """The averages in written order."""

    trends: tuple[Trend | MacroCall, ...]

    def arguments(self) -> str:
        """Print the averages."""
        return " ".join(map(_print, self.trends))


def _print(item: Trend | MacroCall) -> str:
    if isinstance(item, MacroCall):
        return print_call(item)
    alias = f" AS {print_value(item.alias)}" if item.alias is not None else ""
    return f"{item.kind}{item.period}({print_value(item.field)}){alias}"


def parse(args: ArgReader) -> Trendline:
    """Read the averages."""
    found = [item if isinstance(item, MacroCall) else _trend(args, item) for item in args.aggregations()]
    if not found:
        raise args.expected("an average such as `sma5(field)`")
    return Trendline(*args.head, tuple(found))


def _trend(args: ArgReader, item: Aggregation) -> Trend:
    match = _TREND.fullmatch(item.name)
    if match is None or len(match[2]) > 9:
        raise args.error(
            "unknown-function",
            f"`trendline` has no average `{item.name}`",
            item.start,
            item.name_end,
            "write `sma`, `ema` or `wma` and the number of rows, as in `sma5`",
        )
    if len(item.args) != 1 or not isinstance(item.args[0], Name):
        raise args.error("argument-count", f"`{item.name}` takes one field", item.start, item.end)
    period = int(match[2])
    if not 2 <= period <= 10000:
        args.report("bad-option", f"the number of rows must be 2 to 10000, not {period}", item.start, item.name_end)
    return Trend(item.start, item.end, match[1].lower(), period, item.args[0], item.alias)


def flow(node: Trendline, state: FieldState, env: FlowEnv) -> FieldState:
    """The averages are added, by default as `sma5(<field>)`."""
    for item in node.trends:
        if isinstance(item, MacroCall):
            state = state.opened()
            continue
        env.use(item.field.text, item.field.start, item.field.end, state)
        made = item.alias.text if item.alias is not None else f"{item.kind}{item.period}({item.field.text})"
        state = state.add((made,))
    return state


def run(node: Trendline, table: Table, env: Env) -> Table:
    """Add moving averages; there is none before `period` rows with a number.

    Raises:
        UnsupportedSpl: `ema`, whose first value is not documented.
    """
    from generator.engine.column import encode

    made = {}
    for item in node.trends:
        if isinstance(item, MacroCall):
            raise env.no_macro("trendline", item)
        if item.kind == "ema":
            raise env.unsupported("the exponential moving average of `trendline`", item)
        weights = range(1, item.period + 1) if item.kind == "wma" else [1] * item.period
        total = sum(weights)
        window: deque[float] = deque(maxlen=item.period)
        cells: list[Value] = []
        for cell in table.column(item.field.text).to_list():
            number = number_of(cell)
            if number is not None:
                window.append(number)
            whole = number is not None and len(window) == item.period
            cells.append(finite(sum(w * v for w, v in zip(weights, window, strict=True)) / total) if whole else None)
        name = item.alias.text if item.alias is not None else f"{item.kind}{item.period}({item.field.text})"
        made[name] = encode(cells)
    return table.with_columns(made)


SPEC = CommandSpec(
    name="trendline",
    kind=CommandKind.STREAMING,
    summary="Computes moving averages.",
    syntax="trendline sma|ema|wma<int>(<field>) [AS <name>]...",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: trendline",
)
