"""Aggregations of stats, chart, timechart, tstats and mstats."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind, Place

ANY, NUMBER, STRING, MULTIVALUE = Kind.ANY, Kind.NUMBER, Kind.STRING, Kind.MULTIVALUE

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
    ),
    FunctionSignature(
        "distinct_count", 1, 1, (ANY,), NUMBER, "number of different values", Place.STATS, aliases=("dc",)
    ),
    FunctionSignature("estdc", 1, 1, (ANY,), NUMBER, "estimated number of different values", Place.STATS),
    FunctionSignature("estdc_error", 1, 1, (ANY,), NUMBER, "theoretical error of estdc", Place.STATS),
    FunctionSignature("avg", 1, 1, (ANY,), NUMBER, "mean", Place.STATS, aliases=("mean",)),
    FunctionSignature("max", 1, 1, (ANY,), ANY, "largest value", Place.STATS),
    FunctionSignature("min", 1, 1, (ANY,), ANY, "smallest value", Place.STATS),
    FunctionSignature("median", 1, 1, (ANY,), NUMBER, "middle value", Place.STATS),
    FunctionSignature("mode", 1, 1, (ANY,), ANY, "most frequent value", Place.STATS),
    FunctionSignature("range", 1, 1, (ANY,), NUMBER, "difference between largest and smallest", Place.STATS),
    FunctionSignature("stdev", 1, 1, (ANY,), NUMBER, "standard deviation of a sample", Place.STATS),
    FunctionSignature("stdevp", 1, 1, (ANY,), NUMBER, "standard deviation of the population", Place.STATS),
    FunctionSignature("sum", 1, 1, (ANY,), NUMBER, "sum", Place.STATS),
    FunctionSignature("sumsq", 1, 1, (ANY,), NUMBER, "sum of squares", Place.STATS),
    FunctionSignature("var", 1, 1, (ANY,), NUMBER, "variance of a sample", Place.STATS),
    FunctionSignature("varp", 1, 1, (ANY,), NUMBER, "variance of the population", Place.STATS),
    FunctionSignature("first", 1, 1, (ANY,), ANY, "value of the row that was met first", Place.STATS),
    FunctionSignature("last", 1, 1, (ANY,), ANY, "value of the row that was met last", Place.STATS),
    FunctionSignature("earliest", 1, 1, (ANY,), ANY, "value of the row with the earliest time", Place.STATS),
    FunctionSignature("latest", 1, 1, (ANY,), ANY, "value of the row with the latest time", Place.STATS),
    FunctionSignature("earliest_time", 1, 1, (ANY,), NUMBER, "time of the earliest value", Place.STATS),
    FunctionSignature("latest_time", 1, 1, (ANY,), NUMBER, "time of the latest value", Place.STATS),
    FunctionSignature("rate", 1, 1, (ANY,), NUMBER, "change of a counter per second", Place.STATS),
    FunctionSignature("list", 1, 1, (ANY,), MULTIVALUE, "all values in order", Place.STATS),
    FunctionSignature("values", 1, 1, (ANY,), MULTIVALUE, "all different values, sorted", Place.STATS),
    FunctionSignature(
        "sparkline", 0, 2, (ANY, STRING), MULTIVALUE, "a small line chart of an aggregation", Place.STATS
    ),
    FunctionSignature("perc", 1, 1, (ANY,), NUMBER, "percentile: perc95(x)", Place.STATS, aliases=("p",)),
    FunctionSignature("exactperc", 1, 1, (ANY,), NUMBER, "exact percentile: exactperc95(x)", Place.STATS),
    FunctionSignature("upperperc", 1, 1, (ANY,), NUMBER, "upper bound of a percentile: upperperc95(x)", Place.STATS),
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
