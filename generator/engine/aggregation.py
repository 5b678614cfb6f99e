"""The aggregations of a command over groups: names of results, wildcards, expressions, accumulators and kernels.

Two forms are made of other aggregations: `sparkline(count, 5m)` (one value a span of time) and the `eval(avg(x)/max(y))` of
chart and timechart (an expression over aggregates).

Sources: Search Reference, "stats" (names as typed, wildcards, `eval` inside a function, `allnum`), "Statistical and charting
functions".
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from generator.base.frozen import dataclass
from generator.engine.buckets import automatic_time_span, read_time_span
from generator.engine.column import Column, absent, encode
from generator.engine.contracts import Aggregate
from generator.engine.expr import Compiler, compile_expression, evaluate
from generator.engine.groups import Groups
from generator.engine.kernels import KERNELS, Flat
from generator.engine.values import shown, text_of
from generator.spl.ast import Aggregation, Call, Expr, FieldRef, MacroCall, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from generator.engine.env import Env
    from generator.engine.expr import Closure
    from generator.engine.table import Table
    from generator.engine.values import Scalar, Value


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate to compute: `argument` is the column it is about (None: the rows themselves), `number` that of its name.

    `computed`: how it is made of other aggregates, which then is all that counts.
    """

    output: str
    aggregate: Aggregate
    number: float | None
    argument: Column | None
    computed: Callable[[Groups], Sequence[Value]] | None = None


def measures(
    aggregations: Iterable[Aggregation | MacroCall],
    table: Table,
    env: Env,
    command: str,
    *,
    by: Sequence[str] = (),
) -> list[Measure]:
    """Return what aggregations ask for, wildcards in field names spread over the fields of the table (not those of `by`).

    Raises:
        SearchError: an unknown function or macro.
        UnsupportedSpl: a function that this engine cannot run.
    """
    found: list[Measure] = []
    for aggregation in aggregations:
        if isinstance(aggregation, MacroCall):
            raise env.no_macro(command, aggregation)
        made_of_others = _MADE_OF_OTHERS.get(aggregation.name.lower()) if command not in _ONE_BY_ONE else None
        if made_of_others is not None:
            computed = made_of_others(aggregation, table, env, command)
            found.append(Measure(aggregation.output, _NOTHING, None, absent(table.length), computed))
            continue
        known = env.functions.aggregate(aggregation.name)
        if known is None:
            raise env.error(command, f"The aggregation '{aggregation.name}' is unknown", aggregation)
        aggregate, number = known
        if aggregate is None:
            raise env.unsupported(f"the aggregation `{aggregation.name}` in `{command}`", aggregation)
        if len(aggregation.args) > 1:
            raise env.unsupported(f"the aggregation `{aggregation.text}` in `{command}`", aggregation)
        if not aggregation.args:
            if aggregation.name.lower() not in {"count", "c"}:
                raise env.error(command, f"The '{aggregation.name}' function needs a field", aggregation)
            found.append(Measure(aggregation.output, aggregate, number, None))
            continue
        argument = aggregation.args[0]
        if isinstance(argument, MacroCall):
            raise env.no_macro(command, argument)
        if isinstance(argument, Expr):
            column = evaluate(compile_expression(argument, env, command), table)
            found.append(Measure(aggregation.output, aggregate, number, column))
        elif isinstance(argument, Aggregation):
            raise env.unsupported(f"the aggregation `{aggregation.text}` in `{command}`", aggregation)
        elif "*" in argument.text:
            found.extend(_spread(aggregation, argument, aggregate, number, table=table, by=by))
        else:
            found.append(Measure(aggregation.output, aggregate, number, table.column(argument.text)))
    return found


def _spread(
    aggregation: Aggregation,
    argument: Name,
    aggregate: Aggregate,
    number: float | None,
    *,
    table: Table,
    by: Sequence[str],
) -> Iterable[Measure]:
    pattern = wildcard_pattern(argument.text)
    internal = argument.text.startswith("_")
    for name in table.names():
        if name in by or (name.startswith("_") and not internal):
            continue
        matched = pattern.fullmatch(name)
        if matched is None:
            continue
        if aggregation.alias is None:
            output = f"{aggregation.name}({name})"
        else:
            output = filled(aggregation.alias.text, matched.groups())
        yield Measure(output, aggregate, number, table.column(name))


# --- aggregates of aggregates ----------------------------------------------------------------------------------------


class _Nothing:
    """The aggregate of no values, for a measure that is computed."""

    def add(self, value: Scalar, time: float | None) -> None:
        """Take a value."""

    def result(self) -> Value:
        """Return the aggregate."""
        return None


_NOTHING = Aggregate(lambda _: _Nothing())
_ONE_BY_ONE = frozenset({"streamstats", "tstats"})
"""Commands that have only aggregations of values."""

SPARKLINE_VALUES = 100
"""How many spans a sparkline has at most (limits.conf, `[stats] sparkline_maxsize`)."""

SPARKLINE_MARK = "##__SPARKLINE__##"
"""The first value of a sparkline, by which what shows results knows it."""


def _sparkline(aggregation: Aggregation, table: Table, env: Env, command: str) -> Callable[[Groups], Sequence[Value]]:
    """One value for each span of the time range of the search, or of the rows where it has none; 0 where there is none.

    A span that would make too many values is replaced by a longer one.

    Raises:
        SearchError: what it is of is no aggregation, or the span is no span of time.
    """
    inner = aggregation.args[0] if aggregation.args else Name(aggregation.start, aggregation.end, "count", "")
    if isinstance(inner, Name) and inner.text.lower() in {"count", "c"}:
        inner = Aggregation(inner.start, inner.end, "count", inner.end, "count")
    if not isinstance(inner, Aggregation):
        raise env.error(command, f"'{aggregation.text}' needs an aggregation, such as sparkline(count)", aggregation)
    measured = measures([inner], table, env, command)
    given = aggregation.args[1] if len(aggregation.args) > 1 else None
    span = read_time_span(given.text) if isinstance(given, Name) else None
    if given is not None and span is None:
        raise env.error(command, f"'{aggregation.text}' needs a span of time, such as 30m", aggregation)
    times = table.column("_time").numbers
    there = times[~np.isnan(times)]
    low = env.earliest if env.earliest is not None else float(there.min(initial=np.inf))
    high = env.latest - 1e-6 if env.latest is not None else float(there.max(initial=-np.inf))

    def computed(groups: Groups) -> Sequence[Value]:
        if not low <= high < np.inf or len(measured) != 1:
            return [None] * groups.count
        used = span
        if used is None or (high - used.floor(low)) / used.seconds >= SPARKLINE_VALUES:
            used = automatic_time_span(low, high, SPARKLINE_VALUES)
        begins = [used.floor(low)]
        while (following := used.following(begins[-1])) <= high:
            begins.append(following)
        at = groups.times
        inside = np.flatnonzero((at >= begins[0]) & (at <= high))
        places = np.searchsorted(np.array(begins), at[inside], side="right") - 1
        ids = groups.ids[inside] * len(begins) + places
        values = results(measured[0], Groups(table, groups.rows[inside], ids, groups.count * len(begins), ()))
        lines = (values[first : first + len(begins)] for first in range(0, len(values), len(begins)))
        return [(SPARKLINE_MARK, *(0 if value is None else shown(value) for value in line)) for line in lines]

    return computed


def _over_aggregates(
    aggregation: Aggregation, table: Table, env: Env, command: str
) -> Callable[[Groups], Sequence[Value]]:
    """An expression over aggregates, computed once a group."""
    expr = aggregation.args[0] if len(aggregation.args) == 1 else None
    if not isinstance(expr, Expr):
        raise env.error(command, f"'{aggregation.text}' needs an expression over aggregations", aggregation)
    composer = _Composer(env, command, table)
    compiled = composer.compile(expr)
    inner = [composer.inner.get(name) for name in compiled.fields]

    def computed(groups: Groups) -> Sequence[Value]:
        nothing: Sequence[Value] = [None] * groups.count
        columns = [nothing if measure is None else results(measure, groups) for measure in inner]
        rows = zip(*columns, strict=True) if columns else iter([()] * groups.count)
        return [text_of(value) if isinstance(value := compiled.run(row), bool) else value for row in rows]

    return computed


class _Composer(Compiler):
    """Compiles an expression whose calls of aggregations stand for their results (`inner`, by a name no field has)."""

    def __init__(self, env: Env, command: str, table: Table) -> None:
        super().__init__(env, command)
        self.inner: dict[str, Measure] = {}
        self._table = table

    def call(self, expr: Call) -> Closure:
        """Compile a call: `max(x)` of a field is the aggregation, `max(avg(x), 5)` the function."""
        known = self.env.functions.aggregate(expr.name)
        fields = [argument for argument in expr.args if isinstance(argument, FieldRef)]
        is_count = not expr.args and expr.name.lower() in {"count", "c"}
        if known is None or known[0] is None or not (is_count or (len(fields) == len(expr.args) == 1)):
            return super().call(expr)
        column = self._table.column(fields[0].name) if fields else None
        name = f"\0{len(self.inner)}"
        self.inner[name] = Measure(name, known[0], known[1], column)
        return itemgetter(self.field(name))


_MADE_OF_OTHERS = {"sparkline": _sparkline, "eval": _over_aggregates}


# --- names -----------------------------------------------------------------------------------------------------------


def wildcard_pattern(text: str) -> re.Pattern[str]:
    """Return a pattern for names like this one; what each `*` stands for is a group."""
    return re.compile("(.*)".join(map(re.escape, text.split("*"))), re.DOTALL)


def filled(text: str, parts: Iterable[str]) -> str:
    """Put what the `*` stood for into the `*` of another name."""
    for part in parts:
        text = text.replace("*", part, 1)
    return text


def aggregated(wanted: Iterable[Measure], groups: Groups, *, allnum: bool = False) -> dict[str, Column]:
    """Return each measure's column, one cell a group."""
    return {measure.output: encode(results(measure, groups, allnum=allnum)) for measure in wanted}


def results(measure: Measure, groups: Groups, *, allnum: bool = False) -> Sequence[Value]:
    """Return a measure's value for each group."""
    if measure.computed is not None:
        return measure.computed(groups)
    if measure.argument is None:
        return np.bincount(groups.ids, minlength=groups.count).tolist()  # type: ignore[no-any-return]  # a list of int
    flat = Flat(groups, measure.argument)
    aggregate = measure.aggregate
    kernel = KERNELS[aggregate.kernel] if aggregate.kernel else None
    found = kernel(flat) if kernel is not None else accumulated(aggregate, measure.number, flat)
    if allnum and aggregate.numeric:
        spoiled = set(flat.ids[np.isnan(flat.column.numbers)].tolist())
        found = [None if owner in spoiled else value for owner, value in enumerate(found)]
    return found


def accumulated(aggregate: Aggregate, number: float | None, flat: Flat) -> Sequence[Value]:
    """Return an aggregate of each group, value by value."""
    own = [aggregate.start(number) for _ in range(flat.count)]
    times: Iterable[float | None] = [None] * len(flat.ids)
    if aggregate.timed:
        times = [None if time != time else time for time in flat.groups.times[flat.rows].tolist()]  # noqa: PLR0124 - NaN
    for value, owner, time in zip(flat.column.to_list(), flat.ids.tolist(), times, strict=True):
        if value is not None and not isinstance(value, tuple):
            own[owner].add(value, time)
    return [one.result() for one in own]
