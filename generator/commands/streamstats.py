"""`streamstats`: adds running aggregates to every result."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import (
    STATS_OPTIONS,
    Grouped,
    added,
    by_names,
    flag,
    given_options,
    read_grouped,
    uses_of,
    whole_number,
)
from generator.engine.values import elements, finite, number_of
from generator.spl.ast import Call, Expr, MacroCall, Name, Option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.engine.aggregation import Measure
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Streamstats(Grouped):
    """See `Grouped`."""


def parse(args: ArgReader) -> Streamstats:
    """Read options, aggregations and BY clause."""
    return Streamstats(*args.head, *read_grouped(args))


def flow(node: Streamstats, state: FieldState, env: FlowEnv) -> FieldState:
    """The results are added."""
    uses_of(node, state, env)
    return added(node, state)


def run(node: Streamstats, table: Table, env: Env) -> Table:
    """Add to each row the aggregates of the rows up to it: all of them, or those of a window of rows or of time.

    Rows that lack a BY field take no part. A window of time holds the rows whose time is less than the span away.

    Raises:
        SearchError: with `time_window`, rows that are in no order of time; a condition that is none.
    """
    from generator.engine.aggregation import measures
    from generator.engine.column import encode
    from generator.engine.groups import key_texts

    plain = tuple(option for option in node.options if not _is_reset(option))
    given = given_options(plain, env, "streamstats")
    by = by_names(node, env)
    wanted = measures(node.aggregations, table, env, "streamstats", by=by)
    window = _Window(
        rows=whole_number(given.get("window"), 0, env, "streamstats", node),
        seconds=_seconds(given.get("time_window"), env, node),
        shared=flag(plain, "global", env, "streamstats", default=True),
    )
    state = _State(wanted, table, window, allnum=flag(plain, "allnum", env, "streamstats"))
    if window.seconds:
        _check_order(state.times, env, node)
    current = flag(plain, "current", env, "streamstats", default=True)
    on_change = flag(plain, "reset_on_change", env, "streamstats")
    before = _condition(node, "reset_before", table, env)
    after = _condition(node, "reset_after", table, env)
    cells: dict[str, list[Value]] = {measure.output: [None] * table.length for measure in wanted}
    previous: tuple[str, ...] | None = None
    for row, key in enumerate(key_texts(table, by)):
        if key is None:
            continue
        if (before is not None and before(row, {})) or (on_change and previous is not None and key != previous):
            state.reset()
        previous = key
        if current:
            state.add(row, key)
        results = state.results(row, key)
        if not current:
            state.add(row, key)
        for output, value in results.items():
            cells[output][row] = value
        if after is not None and after(row, results):
            state.reset()
    return table.with_columns({output: encode(values) for output, values in cells.items()})


def _is_reset(option: Option | MacroCall) -> bool:
    return isinstance(option, Option) and option.name in {"reset_before", "reset_after"}


def _seconds(text: str | None, env: Env, node: Streamstats) -> float:
    if text is None:
        return 0
    from generator.engine.buckets import read_time_span

    span = read_time_span(f"{text}s" if text.isdecimal() else text)
    if span is None:
        raise env.error("streamstats", f"Invalid value '{text}' for option 'time_window'", node)
    return span.seconds


def _check_order(times: Sequence[float | None], env: Env, node: Streamstats) -> None:
    known = [time for time in times if time is not None]
    steps = {later > earlier for earlier, later in pairwise(known) if later != earlier}
    if len(known) < len(times) or len(steps) > 1:
        raise env.error("streamstats", "The 'time_window' option needs results in order of _time", node)


def _condition(node: Streamstats, name: str, table: Table, env: Env) -> Callable[[int, dict[str, Value]], bool] | None:
    """Return what tells for a row (and its results) whether a condition of an option holds."""
    from generator.engine.values import is_true

    option = next((o for o in node.options if isinstance(o, Option) and o.name == name), None)
    if option is None:
        return None
    expr = option.value
    if isinstance(expr, Name):
        expr = env.parse_expression(expr.text, "streamstats", option)
    if isinstance(expr, Call) and expr.name.lower() == "eval" and len(expr.args) == 1:
        expr = expr.args[0]
    if not isinstance(expr, Expr):
        raise env.error("streamstats", f"The option '{name}' needs a condition", option)
    compiled = env.compile(expr, "streamstats")
    columns = [table.column(field).to_list() for field in compiled.fields]

    def holds(row: int, results: dict[str, Value]) -> bool:
        inputs = zip(compiled.fields, columns, strict=True)
        return is_true(compiled.run(tuple(results.get(field, column[row]) for field, column in inputs)))

    return holds


@dataclass(frozen=True, slots=True)
class _Window:
    """How many rows count (0: any number), over how many seconds (0: any), and whether all groups share it."""

    rows: int
    seconds: float
    shared: bool


class _State:
    """What was seen so far: running aggregates, or with a window the rows in it."""

    def __init__(self, wanted: Sequence[Measure], table: Table, window: _Window, *, allnum: bool) -> None:
        self._wanted = wanted
        self._window = window
        self._allnum = allnum
        self._values = [None if m.argument is None else m.argument.to_list() for m in wanted]
        times = table.column("_time").numbers.tolist()
        self.times: list[float | None] = [None if time != time else time for time in times]  # noqa: PLR0124 - NaN
        self._running: dict[tuple[str, ...], list[_Running]] = {}
        self._rows: dict[tuple[str, ...], deque[tuple[int, tuple[str, ...]]]] = {}

    def reset(self) -> None:
        """Forget all rows."""
        self._running.clear()
        self._rows.clear()

    def add(self, row: int, key: tuple[str, ...]) -> None:
        """Take a row."""
        if not self._window.rows and not self._window.seconds:
            if key not in self._running:
                self._running[key] = self._start()
            self._feed(self._running[key], row)
            return
        rows = self._rows.setdefault(() if self._window.shared else key, deque())
        rows.append((row, key))
        if self._window.rows and len(rows) > self._window.rows:
            rows.popleft()

    def results(self, row: int, key: tuple[str, ...]) -> dict[str, Value]:
        """Return the aggregates as they stand for a row."""
        if self._window.rows or self._window.seconds:
            rows = self._rows.get(() if self._window.shared else key, deque())
            own = self.times[row]
            while (
                self._window.seconds
                and rows
                and abs((own or 0) - (self.times[rows[0][0]] or 0)) >= self._window.seconds
            ):
                rows.popleft()
            running = self._start()
            for other, other_key in rows:
                if other_key == key:
                    self._feed(running, other)
        else:
            running = self._running.get(key) or self._start()
        return {m.output: one.result() for m, one in zip(self._wanted, running, strict=True)}

    def _start(self) -> list[_Running]:
        return [_Running(measure, allnum=self._allnum) for measure in self._wanted]

    def _feed(self, running: list[_Running], row: int) -> None:
        for one, values in zip(running, self._values, strict=True):
            one.add(1 if values is None else values[row], self.times[row])


class _Running:
    """One aggregate of one group."""

    __slots__ = ("_accumulator", "_allnum", "_mean", "_numbers", "_rows", "_spoiled", "_total")

    def __init__(self, measure: Measure, *, allnum: bool) -> None:
        self._rows = 0 if measure.argument is None else -1
        self._accumulator = measure.aggregate.start(measure.number)
        self._allnum = allnum and measure.aggregate.numeric
        self._spoiled = False
        # Sum and mean are kept as they grow: their accumulators would add everything again for each row.
        self._mean = measure.aggregate.kernel == "avg"
        self._total: float | None = 0 if measure.aggregate.kernel in {"sum", "avg"} else None
        self._numbers = 0

    def add(self, cell: Value, time: float | None) -> None:
        if self._rows >= 0:
            self._rows += 1
            return
        for value in elements(cell):
            number = number_of(value) if self._allnum or self._total is not None else 0
            if number is None:
                self._spoiled = self._spoiled or self._allnum
            elif self._total is not None:
                self._total += number
                self._numbers += 1
            if self._total is None:
                self._accumulator.add(value, time)

    def result(self) -> Value:
        if self._rows >= 0:
            return self._rows
        if self._spoiled:
            return None
        if self._total is None:
            return self._accumulator.result()
        if not self._numbers:
            return None
        return finite(self._total / self._numbers if self._mean else self._total)


SPEC = CommandSpec(
    name="streamstats",
    kind=CommandKind.STREAMING,
    summary="Adds running aggregates to every result.",
    syntax="streamstats [current=<bool>] [window=<int>] [time_window=<span>] [global=<bool>] [reset_on_change=<bool>] [reset_before|reset_after=(<expression>)] [allnum=<bool>] <aggregation> [AS <name>]... [BY <field>...]",
    options={
        **STATS_OPTIONS,
        "current": OptionKind.BOOL,
        "window": OptionKind.INT,
        "time_window": OptionKind.SPAN,
        "global": OptionKind.BOOL,
        "reset_on_change": OptionKind.BOOL,
        "reset_before": OptionKind.EVAL,
        "reset_after": OptionKind.EVAL,
    },
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: streamstats",
)
