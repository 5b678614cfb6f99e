"""The aggregations of a command over groups: names of results, wildcards, expressions, accumulators and kernels.

Sources: Search Reference, "stats" (names as typed, wildcards, `eval` inside a function, `allnum`), "Statistical and charting
functions".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.engine.column import Column, encode
from generator.engine.expr import compile_expression, evaluate
from generator.engine.kernels import KERNELS, Flat
from generator.spl.ast import Aggregation, Expr, MacroCall, Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.engine.contracts import Aggregate
    from generator.engine.env import Env
    from generator.engine.groups import Groups
    from generator.engine.table import Table
    from generator.engine.values import Value


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate to compute: `argument` is the column it is about (None: the rows themselves), `number` that of its name."""

    output: str
    aggregate: Aggregate
    number: float | None
    argument: Column | None


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
