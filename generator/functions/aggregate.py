"""Aggregations of stats, chart, timechart, tstats and mstats: an accumulator each, fed one value after another.

Values of a multivalue come one by one. Numeric aggregations ignore what is no number. The ones used most have a kernel in
`generator.engine.kernels` as well, which must agree with the accumulator (a property test holds them together).

Sources: Search Reference, "Statistical and charting functions"; limits.conf, `perc_method` (nearest rank: the value at
place floor(percent / 100 * count), counted from 0).
"""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.engine.contracts import Aggregate
from generator.engine.values import Scalar, Value, finite, multivalue, number_of, rank, text_of
from generator.functions.signature import FunctionSignature, Kind, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Accumulator

ANY, NUMBER, STRING, MULTIVALUE = Kind.ANY, Kind.NUMBER, Kind.STRING, Kind.MULTIVALUE

LIST_VALUES = 100
"""How many values `list` keeps (limits.conf, `[stats] list_maxsize`)."""


class Count:
    """Number of values."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, value: Scalar, time: float | None) -> None:  # noqa: ARG002 - the shape of all accumulators
        """Take a value."""
        self.count += 1

    def result(self) -> Value:
        """Return the aggregate."""
        return self.count


class Distinct:
    """Different texts in the order they came; `finish` makes the result of them."""

    def __init__(self, finish: Callable[[list[str]], Value]) -> None:
        self.texts: dict[str, None] = {}
        self.finish = finish

    def add(self, value: Scalar, time: float | None) -> None:  # noqa: ARG002 - the shape of all accumulators
        """Take a value."""
        self.texts[text_of(value)] = None

    def result(self) -> Value:
        """Return the aggregate."""
        return self.finish(list(self.texts))


class Numbers:
    """All numbers; `finish` makes the result of them, null where there is none."""

    def __init__(self, finish: Callable[[list[float]], Value]) -> None:
        self.numbers: list[float] = []
        self.finish = finish

    def add(self, value: Scalar, time: float | None) -> None:  # noqa: ARG002 - the shape of all accumulators
        """Take a value."""
        number = number_of(value)
        if number is not None:
            self.numbers.append(number)

    def result(self) -> Value:
        """Return the aggregate."""
        found = self.finish(self.numbers) if self.numbers else None
        return finite(found) if isinstance(found, float) else found


class Extreme:
    """Largest or smallest value: numbers by size below texts by byte order; of equal ones the first."""

    def __init__(self, *, largest: bool) -> None:
        self.largest = largest
        self.best: Scalar | None = None

    def add(self, value: Scalar, time: float | None) -> None:  # noqa: ARG002 - the shape of all accumulators
        """Take a value."""
        if self.best is None or (rank(value) > rank(self.best) if self.largest else rank(value) < rank(self.best)):
            self.best = value

    def result(self) -> Value:
        """Return the aggregate."""
        return self.best


class Edge:
    """The value met first or last."""

    def __init__(self, *, last: bool) -> None:
        self.last = last
        self.value: Scalar | None = None

    def add(self, value: Scalar, time: float | None) -> None:  # noqa: ARG002 - the shape of all accumulators
        """Take a value."""
        if self.last or self.value is None:
            self.value = value

    def result(self) -> Value:
        """Return the aggregate."""
        return self.value


class Timed:
    """Value (or with `when` the time, with six decimals) at the earliest or latest time.

    Values without any time count as if newest events came first.
    """

    def __init__(self, *, latest: bool, when: bool = False) -> None:
        self.latest = latest
        self.when = when
        self.value: Scalar | None = None
        self.at: float | None = None

    def add(self, value: Scalar, time: float | None) -> None:
        """Take a value."""
        if time is None:
            better = self.at is None and (self.value is None or not self.latest)
        else:
            better = self.at is None or (time > self.at if self.latest else time <= self.at)
        if better:
            self.value, self.at = value, time

    def result(self) -> Value:
        """Return the aggregate."""
        if self.when:
            return None if self.at is None else f"{self.at:.6f}"
        return self.value


class Rate:
    """Change of a counter per second between its earliest and its latest value.

    Where the counter fell it was reset: the largest value it had before a reset is added.
    """

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []

    def add(self, value: Scalar, time: float | None) -> None:
        """Take a value."""
        number = number_of(value)
        if number is not None and time is not None:
            self.points.append((time, number))

    def result(self) -> Value:
        """Return the aggregate."""
        points = sorted(self.points, key=lambda point: point[0])
        if not points or points[0][0] == points[-1][0]:
            return None
        lost = max((before for (_, before), (_, after) in pairwise(points) if after < before), default=0)
        return finite((points[-1][1] - points[0][1] + lost) / (points[-1][0] - points[0][0]))


class Listed:
    """All values in order, at most `LIST_VALUES`."""

    def __init__(self) -> None:
        self.values: list[Scalar] = []

    def add(self, value: Scalar, time: float | None) -> None:  # noqa: ARG002 - the shape of all accumulators
        """Take a value."""
        if len(self.values) < LIST_VALUES:
            self.values.append(value)

    def result(self) -> Value:
        """Return the aggregate."""
        return multivalue(self.values)


class Mode:
    """The most frequent text; of equally frequent ones the first that was met."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, value: Scalar, time: float | None) -> None:  # noqa: ARG002 - the shape of all accumulators
        """Take a value."""
        text = text_of(value)
        self.counts[text] = self.counts.get(text, 0) + 1

    def result(self) -> Value:
        """Return the aggregate."""
        return max(self.counts, key=self.counts.__getitem__, default=None)


def _sum(numbers: list[float]) -> float:
    """One after the other, with the rounding errors that the documentation shows; `sum` would correct them."""
    total: float = 0
    for number in numbers:
        total += number
    return total


def _mean(numbers: list[float]) -> Value:
    return finite(_sum(numbers) / len(numbers))


def _variance(numbers: list[float], *, sample: bool) -> float:
    count = len(numbers)
    if count == 1:
        return 0
    try:
        mean = math.fsum(numbers) / count
        return math.fsum((number - mean) ** 2 for number in numbers) / (count - 1 if sample else count)
    except OverflowError:
        return math.nan


def _percentile(numbers: list[float], percent: float) -> Value:
    ordered = sorted(numbers)
    place = math.floor(percent / 100 * len(ordered))
    return ordered[min(place, len(ordered) - 1)]


def _numeric(finish: Callable[[list[float]], Value], kernel: str = "") -> Aggregate:
    return Aggregate(lambda _: Numbers(finish), kernel, numeric=True)


def _start_percentile(percent: float | None) -> Accumulator:
    return Numbers(partial(_percentile, percent=50.0 if percent is None else percent))


_PERCENTILE = Aggregate(_start_percentile, numeric=True)
_DISTINCT_COUNT = Aggregate(lambda _: Distinct(len), "distinct_count")


SIGNATURES = (
    FunctionSignature(
        "count",
        0,
        1,
        (ANY,),
        NUMBER,
        "number of rows, of values, or of rows for which an expression is true",
        Place.STATS,
        aliases=("c",),
        aggregate=Aggregate(lambda _: Count(), "count"),
    ),
    FunctionSignature(
        "distinct_count",
        1,
        1,
        (ANY,),
        NUMBER,
        "number of different values",
        Place.STATS,
        aliases=("dc",),
        aggregate=_DISTINCT_COUNT,
    ),
    FunctionSignature(
        "estdc", 1, 1, (ANY,), NUMBER, "estimated number of different values", Place.STATS, aggregate=_DISTINCT_COUNT
    ),
    FunctionSignature(
        "estdc_error",
        1,
        1,
        (ANY,),
        NUMBER,
        "theoretical error of estdc",
        Place.STATS,
        aggregate=Aggregate(lambda _: Distinct(lambda _: 0)),
    ),
    FunctionSignature(
        "avg", 1, 1, (ANY,), NUMBER, "mean", Place.STATS, aliases=("mean",), aggregate=_numeric(_mean, "avg")
    ),
    FunctionSignature(
        "max",
        1,
        1,
        (ANY,),
        ANY,
        "largest value",
        Place.STATS,
        aggregate=Aggregate(lambda _: Extreme(largest=True), "max"),
    ),
    FunctionSignature(
        "min",
        1,
        1,
        (ANY,),
        ANY,
        "smallest value",
        Place.STATS,
        aggregate=Aggregate(lambda _: Extreme(largest=False), "min"),
    ),
    FunctionSignature("median", 1, 1, (ANY,), NUMBER, "middle value", Place.STATS, aggregate=_PERCENTILE),
    FunctionSignature(
        "mode", 1, 1, (ANY,), ANY, "most frequent value", Place.STATS, aggregate=Aggregate(lambda _: Mode())
    ),
    FunctionSignature(
        "range",
        1,
        1,
        (ANY,),
        NUMBER,
        "difference between largest and smallest",
        Place.STATS,
        aggregate=_numeric(lambda numbers: finite(max(numbers) - min(numbers))),
    ),
    FunctionSignature(
        "stdev",
        1,
        1,
        (ANY,),
        NUMBER,
        "standard deviation of a sample",
        Place.STATS,
        aggregate=_numeric(lambda numbers: math.sqrt(_variance(numbers, sample=True))),
    ),
    FunctionSignature(
        "stdevp",
        1,
        1,
        (ANY,),
        NUMBER,
        "standard deviation of the population",
        Place.STATS,
        aggregate=_numeric(lambda numbers: math.sqrt(_variance(numbers, sample=False))),
    ),
    FunctionSignature(
        "sum",
        1,
        1,
        (ANY,),
        NUMBER,
        "sum",
        Place.STATS,
        aggregate=_numeric(lambda numbers: finite(_sum(numbers)), "sum"),
    ),
    FunctionSignature(
        "sumsq",
        1,
        1,
        (ANY,),
        NUMBER,
        "sum of squares",
        Place.STATS,
        aggregate=_numeric(lambda numbers: finite(_sum([number * number for number in numbers]))),
    ),
    FunctionSignature(
        "var",
        1,
        1,
        (ANY,),
        NUMBER,
        "variance of a sample",
        Place.STATS,
        aggregate=_numeric(partial(_variance, sample=True)),
    ),
    FunctionSignature(
        "varp",
        1,
        1,
        (ANY,),
        NUMBER,
        "variance of the population",
        Place.STATS,
        aggregate=_numeric(partial(_variance, sample=False)),
    ),
    FunctionSignature(
        "first",
        1,
        1,
        (ANY,),
        ANY,
        "value of the row that was met first",
        Place.STATS,
        aggregate=Aggregate(lambda _: Edge(last=False), "first"),
    ),
    FunctionSignature(
        "last",
        1,
        1,
        (ANY,),
        ANY,
        "value of the row that was met last",
        Place.STATS,
        aggregate=Aggregate(lambda _: Edge(last=True), "last"),
    ),
    FunctionSignature(
        "earliest",
        1,
        1,
        (ANY,),
        ANY,
        "value of the row with the earliest time",
        Place.STATS,
        aggregate=Aggregate(lambda _: Timed(latest=False), timed=True),
    ),
    FunctionSignature(
        "latest",
        1,
        1,
        (ANY,),
        ANY,
        "value of the row with the latest time",
        Place.STATS,
        aggregate=Aggregate(lambda _: Timed(latest=True), timed=True),
    ),
    FunctionSignature(
        "earliest_time",
        1,
        1,
        (ANY,),
        NUMBER,
        "time of the earliest value",
        Place.STATS,
        aggregate=Aggregate(lambda _: Timed(latest=False, when=True), timed=True),
    ),
    FunctionSignature(
        "latest_time",
        1,
        1,
        (ANY,),
        NUMBER,
        "time of the latest value",
        Place.STATS,
        aggregate=Aggregate(lambda _: Timed(latest=True, when=True), timed=True),
    ),
    FunctionSignature(
        "rate",
        1,
        1,
        (ANY,),
        NUMBER,
        "change of a counter per second",
        Place.STATS,
        aggregate=Aggregate(lambda _: Rate(), timed=True),
    ),
    FunctionSignature(
        "list",
        1,
        1,
        (ANY,),
        MULTIVALUE,
        "all values in order",
        Place.STATS,
        aggregate=Aggregate(lambda _: Listed()),
    ),
    FunctionSignature(
        "values",
        1,
        1,
        (ANY,),
        MULTIVALUE,
        "all different values, sorted",
        Place.STATS,
        aggregate=Aggregate(lambda _: Distinct(lambda texts: multivalue(sorted(texts))), "values"),
    ),
    FunctionSignature(
        "sparkline", 0, 2, (ANY, STRING), MULTIVALUE, "a small line chart of an aggregation", Place.STATS
    ),
    FunctionSignature(
        "perc",
        1,
        1,
        (ANY,),
        NUMBER,
        "percentile: perc95(x)",
        Place.STATS,
        aliases=("p",),
        aggregate=_PERCENTILE,
    ),
    FunctionSignature(
        "exactperc", 1, 1, (ANY,), NUMBER, "exact percentile: exactperc95(x)", Place.STATS, aggregate=_PERCENTILE
    ),
    FunctionSignature(
        "upperperc",
        1,
        1,
        (ANY,),
        NUMBER,
        "upper bound of a percentile: upperperc95(x)",
        Place.STATS,
        aggregate=_PERCENTILE,
    ),
    FunctionSignature("per_day", 1, 1, (ANY,), NUMBER, "sum per day", Place.STATS, only=("timechart", "sitimechart")),
    FunctionSignature("per_hour", 1, 1, (ANY,), NUMBER, "sum per hour", Place.STATS, only=("timechart", "sitimechart")),
    FunctionSignature(
        "per_minute", 1, 1, (ANY,), NUMBER, "sum per minute", Place.STATS, only=("timechart", "sitimechart")
    ),
    FunctionSignature(
        "per_second", 1, 1, (ANY,), NUMBER, "sum per second", Place.STATS, only=("timechart", "sitimechart")
    ),
    FunctionSignature("rate_avg", 1, 1, (ANY,), NUMBER, "mean rate of counters", Place.STATS, only=("mstats",)),
    FunctionSignature("rate_sum", 1, 1, (ANY,), NUMBER, "sum of the rates of counters", Place.STATS, only=("mstats",)),
)
"""The signatures of these functions."""
